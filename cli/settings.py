"""`policywatch settings`: every setting with its value and where it came from."""

from cli.printing import AsJson, as_json, note, table


def settings(json: AsJson = False) -> None:
    """Print every setting: name, value, where it came from, default and help; secrets are masked.

    Example: policywatch settings --json
    """
    from config.settings import load, rows, strangers

    listed = list(rows(load()))
    for name, meant in strangers():
        note(f"{name} is not a setting and is not used" + (f"; did you mean {meant}?" if meant else ""))
    if json:
        as_json(listed)
    else:
        table(
            [(row.name, row.value, row.origin, row.default, row.help) for row in listed],
            ("name", "value", "origin", "default", "help"),
        )
