"""The drill: a day of calls replayed through the real webhooks, queue and database, in virtual time.

`day` reads the file, `asked` is what a drill may be asked for, `program` sets up a line to ring, `parties` play callers
and operators, `bookings` are what some of them book, `run` turns the crank, `shuffle` breaks the order of service on
purpose, `result` writes what came of it. The only code of ours that knows the exchange.
"""
