"""What went wrong, said to the person who has to act on it."""


class Problem(Exception):
    """A failure somebody can act on: its text is one line that says what happened and what to do next.

    `status` is the exit status of a command that ends with it: 1 for failed work, 2 for wrong usage.
    """

    status = 1

    def __str__(self) -> str:
        """The message on one line, whatever it was made from."""
        return " ".join(super().__str__().split())
