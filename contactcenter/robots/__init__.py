"""Robots: callers who ring and operators who answer, so that one person alone can see the line at work.

They use the ways people use: callers telephone through the exchange, operators become ready, talk, book and wrap up by
the same functions as the desk. `carrier` speaks to the exchange, `menu` and `words` are pure, `callers` ring, `crew`
answers, `paperwork` is what an operator does after a talk. For a sandbox only.

What is drawn by lot for a conversation is drawn from its row's number, so robots may be stopped and started at any
moment: the next ones go on where these were.
"""
