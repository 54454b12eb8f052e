"""What starts scenarios by itself: times, events, who claims them, and files for other timers."""
