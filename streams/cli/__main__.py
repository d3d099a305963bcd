"""`python -m streams.cli`."""

from streams.cli.app import main

if __name__ == "__main__":
    main()
