"""``python -m whorl.server``: the server with the settings of the environment."""

from __future__ import annotations

import sys

from whorl.base.errors import WhorlError
from whorl.base.log import configure_logging
from whorl.base.settings import Settings
from whorl.server.run import Address, serve


def main() -> int:
    """Run until stopped; gives the exit code."""
    settings = Settings()
    configure_logging(settings.log_level, log_format=settings.log_format)

    def show(address: Address) -> None:
        sys.stdout.write(f"{address.link}\n")
        sys.stdout.flush()

    try:
        serve(settings, on_ready=show)
    except WhorlError as error:
        sys.stderr.write(f"{error.message}\n{error.hint}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
