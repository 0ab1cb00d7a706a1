"""`policywatch init`: writes the operator's own files."""

from cli.printing import AsJson, as_json, say


def init(json: AsJson = False) -> None:
    """Write the operator's files (settings, sources, channels, subscriptions, words) with comments; keeps those there.

    Example: POLICYWATCH_DATA=/srv/policywatch policywatch init
    """
    from config.operator import write_files
    from config.settings import SettingsError, load

    settings = load()
    try:
        written, kept = write_files(settings)
    except OSError as error:
        raise SettingsError(
            f"{error.filename or settings.config} cannot be written ({error.strerror}): "
            "set POLICYWATCH_CONFIG or POLICYWATCH_DATA to a folder that you may write to"
        ) from None
    if json:
        as_json({"written": written, "kept": kept})
        return
    for path in written:
        say(f"wrote {path}")
    for path in kept:
        say(f"kept  {path}")
    say("next: `policywatch crawl` reads sources.yaml, `policywatch alerts apply` subscriptions.yaml")
