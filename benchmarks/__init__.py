"""One file per promise; ``python -m benchmarks`` measures all of them and writes the results page."""
