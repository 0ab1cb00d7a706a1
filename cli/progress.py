"""Progress bars: on a terminal's standard error, nowhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(label: str, unit: str = "pages") -> Iterator[Callable[[int, int | None], None]]:
    """A function to call with the number of things done and, once known, how many there are."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from tqdm import tqdm

    with tqdm(desc=label, unit=f" {unit}", leave=False) as bar:

        def show(done: int, total: int | None) -> None:
            if total is not None and bar.total != total:
                bar.total = total
            bar.update(done - bar.n)

        yield show
