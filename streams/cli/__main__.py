"""`python -m streams.cli`."""

from streams.cli import main

if __name__ == "__main__":
    main()
