"""What `make demo` runs: `ground` makes the database ready, `house` keeps the processes, the command ties them."""
