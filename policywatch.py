"""The command line's entry point: `policywatch`, or `python -m policywatch`."""

from cli.app import main

if __name__ == "__main__":
    main()
