"""`python -m northbrief.ui` is the command line, too."""

from .cli import main

main()
