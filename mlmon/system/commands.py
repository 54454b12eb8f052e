"""Commands to type, as advice gives them: every name is one word of the shell."""

import shlex


def command(verb: str, *names: str, **options: object) -> str:
    """Return the command line; an option that is None is left out.

    >>> command("run", "Retrain it"), command("ingest", "orders", batch="-1")
    ("mlmon run 'Retrain it'", 'mlmon ingest orders --batch=-1')
    """
    given = [_option(name, str(value)) for name, value in options.items() if value is not None]
    words = [shlex.quote(name) for name in names]
    if any(name.startswith("-") for name in names):  # else it would be read as an option
        return " ".join(["mlmon", verb, *given, "--", *words])
    return " ".join(["mlmon", verb, *words, *given])


def _option(name: str, value: str) -> str:
    between = "=" if value.startswith("-") else " "
    return f"--{name}{between}{shlex.quote(value)}"
