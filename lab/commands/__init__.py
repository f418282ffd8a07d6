"""One module per command of `python -m lab`: add_parser(subparsers) and main(args) -> exit code."""
