"""`python -m recognition`: read pictures and trips, train, evaluate, draw."""

from recognition.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
