"""When and what: the timers, and the runs one file each."""
