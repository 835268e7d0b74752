"""What a caller hears in line and on a call-back. Short, kind, one thought a sentence."""

_WORDS = {
    "en": {
        "place": "Thank you for waiting. You are number {place} in line.",
        "next": "Thank you for waiting. You are next.",
        "offer": "To keep your place and be called back, press 1.",
        "connecting": "One moment please. We are connecting you.",
        "promised": "Your place is kept. We will call you back at this number. Thank you, goodbye.",
        "callback": "Hello. You asked us to call you back. To speak with us now, press 1."
        " If you do not need us any more, press 2.",
        "callback_missed": "Hello. You called us, and we missed your call. To speak with us now, press 1."
        " If you do not need us any more, press 2.",
        "withdrawn": "All right. Thank you, goodbye.",
        "machine_missed": "Hello. You called us, and we missed your call. We will try again later. Goodbye.",
        "machine": "Hello. You asked us to call you back. We will try again a little later. Goodbye.",
        "later": "We are sorry, we lost the line to our operator. We will call you again in a few minutes.",
        "over": "Thank you for calling. Goodbye.",
        "prompt": "A caller is waiting: {queue}. Press 1 to take the call.",
    },
    "es": {
        "place": "Gracias por esperar. Usted es el número {place} en la fila.",
        "next": "Gracias por esperar. Usted es el siguiente.",
        "offer": "Para conservar su lugar y recibir una llamada, oprima el 1.",
        "connecting": "Un momento por favor. Le estamos comunicando.",
        "promised": "Su lugar queda guardado. Le llamaremos a este número. Gracias, hasta luego.",
        "callback": "Hola. Usted nos pidió que le llamáramos. Para hablar con nosotros ahora, oprima el 1."
        " Si ya no nos necesita, oprima el 2.",
        "callback_missed": "Hola. Usted nos llamó y no pudimos atenderle. Para hablar con nosotros ahora, oprima el 1."
        " Si ya no nos necesita, oprima el 2.",
        "withdrawn": "De acuerdo. Gracias, hasta luego.",
        "machine_missed": "Hola. Usted nos llamó y no pudimos atenderle. Volveremos a intentarlo. Hasta luego.",
        "machine": "Hola. Usted nos pidió que le llamáramos. Volveremos a intentarlo más tarde. Hasta luego.",
        "later": "Lo sentimos, se perdió la línea con nuestro operador. Le llamaremos de nuevo en unos minutos.",
        "over": "Gracias por llamar. Hasta luego.",
        "prompt": "Una persona espera: {queue}. Oprima el 1 para tomar la llamada.",
    },
}


def say(name: str, language: str, **facts: object) -> str:
    """The sentence `name` in the caller's language; English where we do not speak it."""
    return _WORDS.get(language, _WORDS["en"])[name].format(**facts)
