"""What the machine gives: whole files, signals, processes, own modules, warnings, the terminal."""
