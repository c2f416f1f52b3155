"""``python -m whorl.cli``: the command line."""

from whorl.cli.main import main

if __name__ == "__main__":
    main()
