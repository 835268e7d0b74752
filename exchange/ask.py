"""What a party is told when the carrier listens for keys."""


class Ask:
    """What a party hears when digits are wanted.

    prompts: spoken texts and media URLs. num_digits: most digits that are taken. finish_on_key: keys that end the
    input, "" for none. action: the URL that gets the digits. confirm_key: the one key that lets a dialled leg into its
    room, else "".
    """

    __slots__ = ("prompts", "num_digits", "finish_on_key", "action", "confirm_key")

    def __init__(self, prompts, num_digits, finish_on_key, action, confirm_key=""):
        self.prompts = prompts
        self.num_digits = num_digits
        self.finish_on_key = finish_on_key
        self.action = action
        self.confirm_key = confirm_key
