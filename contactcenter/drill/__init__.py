"""The drill: a day of calls replayed through the real webhooks, queue and database, in virtual time.

`day` reads the file, `program` sets up a line to ring, `parties` play callers and operators, `bookings` are what some
of them book, `run` turns the crank, `result` writes what came of it. The only code of ours that knows the exchange.
"""

# What a drill is asked for: the options of the command, the fields of `run.Options`, the words of report.json.
ASKED = ("operators", "talk", "seed", "callback", "accept")
