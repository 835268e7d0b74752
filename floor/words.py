"""What a caller hears in line and on a call-back. Short, kind, one thought a sentence."""

_WORDS = {
    "en": {
        "place": "Thank you for waiting. You are number {place} in line.",
        "next": "Thank you for waiting. You are next.",
        "offer": "To keep your place and be called back, press 1.",
        "connecting": "One moment please. We are connecting you.",
        "offer_window": "To be called back at a time that we tell you, press 1.",
        "confirm": "We will call you at {number}. If that is right, press 1. To give another number, press 2.",
        "confirm_window": "We can call you {window}, at {number}. If that is right, press 1."
        " To give another number, press 2.",
        "which": "Please type the ten digits of the number where we can reach you.",
        "which_again": "We cannot call that number. Please type all ten digits, beginning with the area code.",
        "kept_waiting": "All right. You stay in line.",
        "no_promise": "We are sorry, we cannot promise a call right now. You stay in line.",
        "promised": "Your place is kept. We will call you back at {number}. Thank you, goodbye.",
        "promised_window": "We will call you {window}, at {number}. Thank you, goodbye.",
        "merged": "We have that number down for a call already. We will call you. Thank you, goodbye.",
        "rang_again": "You asked us to call you back. We have given you that place in line now.",
        "callback": "Hello. You asked us to call you back. To speak with us now, press 1."
        " If you do not need us any more, press 2.",
        "callback_missed": "Hello. You called us, and we missed your call. To speak with us now, press 1."
        " If you do not need us any more, press 2.",
        "called": "Hello. This is the call that we promised you. To speak with us now, press 1."
        " If you do not need us any more, press 2.",
        "withdrawn": "All right. Thank you, goodbye.",
        "machine_missed": "Hello. You called us, and we missed your call. We will try again later. Goodbye.",
        "machine": "Hello. You asked us to call you back. We will try again a little later. Goodbye.",
        "later": "We are sorry, we lost the line to our operator. We will call you again in a few minutes.",
        "over": "Thank you for calling. Goodbye.",
        "prompt": "A caller is waiting: {queue}. Press 1 to take the call.",
        "hold": "Thank you for holding. Please stay on the line.",
        "listen": "A call to listen to: {queue}. Press 1 to join.",
        "wait_range": "You will wait between {low} and {high} minutes.",
        "wait_about": "You will wait about {high} minutes.",
        "wait_minute": "You will wait about a minute.",
        "offer_text": "To get a text message with a link to our web page, press 2. You stay in line.",
        "text_sent": "The text message is on its way. You are still in line.",
        "text_link": "You called us and asked for this link: {link} You will not get other texts for it.",
        "transfer": "One moment please. We are connecting you with another office.",
        "not_transferred": "We are sorry, nobody picked up there. Please call again later. Goodbye.",
        "voicemail": "We are sorry that nobody can take your call now. Please leave your name, your number and what"
        " you need after the tone. Then press the pound key, or just hang up.",
        "voicemail_left": "Thank you. We have your message. Goodbye.",
        "full": "We are sorry, we cannot take your call now. Please call again later. Goodbye.",
        "closed": "We are sorry, we are closed now and could not get to you today. Please call again when we are open."
        " Goodbye.",
        "closed_offer": "We are closed now. To be called back when we open again, press 1.",
        "promised_opening": "Thank you. We will call you back at {number} when we are open again. Goodbye.",
    },
    "es": {
        "place": "Gracias por esperar. Usted es el número {place} en la fila.",
        "next": "Gracias por esperar. Usted es el siguiente.",
        "offer": "Para conservar su lugar y recibir una llamada, oprima el 1.",
        "connecting": "Un momento por favor. Le estamos comunicando.",
        "offer_window": "Para recibir una llamada a una hora que le diremos, oprima el 1.",
        "confirm": "Le llamaremos al {number}. Si es correcto, oprima el 1. Para dar otro número, oprima el 2.",
        "confirm_window": "Podemos llamarle {window}, al {number}. Si es correcto, oprima el 1."
        " Para dar otro número, oprima el 2.",
        "which": "Por favor marque los diez dígitos del número donde podemos llamarle.",
        "which_again": "No podemos llamar a ese número. Por favor marque los diez dígitos, comenzando con el código de"
        " área.",
        "kept_waiting": "De acuerdo. Usted sigue en la fila.",
        "no_promise": "Lo sentimos, en este momento no podemos prometerle una llamada. Usted sigue en la fila.",
        "promised": "Su lugar queda guardado. Le llamaremos al {number}. Gracias, hasta luego.",
        "promised_window": "Le llamaremos {window}, al {number}. Gracias, hasta luego.",
        "merged": "Ya tenemos anotado ese número para llamarle. Le llamaremos. Gracias, hasta luego.",
        "rang_again": "Usted nos pidió que le llamáramos. Ahora le damos ese lugar en la fila.",
        "callback": "Hola. Usted nos pidió que le llamáramos. Para hablar con nosotros ahora, oprima el 1."
        " Si ya no nos necesita, oprima el 2.",
        "callback_missed": "Hola. Usted nos llamó y no pudimos atenderle. Para hablar con nosotros ahora, oprima el 1."
        " Si ya no nos necesita, oprima el 2.",
        "called": "Hola. Esta es la llamada que le prometimos. Para hablar con nosotros ahora, oprima el 1."
        " Si ya no nos necesita, oprima el 2.",
        "withdrawn": "De acuerdo. Gracias, hasta luego.",
        "machine_missed": "Hola. Usted nos llamó y no pudimos atenderle. Volveremos a intentarlo. Hasta luego.",
        "machine": "Hola. Usted nos pidió que le llamáramos. Volveremos a intentarlo más tarde. Hasta luego.",
        "later": "Lo sentimos, se perdió la línea con nuestro operador. Le llamaremos de nuevo en unos minutos.",
        "over": "Gracias por llamar. Hasta luego.",
        "prompt": "Una persona espera: {queue}. Oprima el 1 para tomar la llamada.",
        "hold": "Gracias por esperar. Por favor no cuelgue.",
        "listen": "Una llamada para escuchar: {queue}. Oprima el 1 para entrar.",
        "wait_range": "Usted va a esperar entre {low} y {high} minutos.",
        "wait_about": "Usted va a esperar unos {high} minutos.",
        "wait_minute": "Usted va a esperar más o menos un minuto.",
        "offer_text": "Para recibir un mensaje de texto con un enlace a nuestra página, oprima el 2."
        " Usted sigue en la fila.",
        "text_sent": "El mensaje de texto va en camino. Usted sigue en la fila.",
        "text_link": "Usted nos llamó y pidió este enlace: {link} No recibirá otros mensajes por esto.",
        "transfer": "Un momento por favor. Le comunicamos con otra oficina.",
        "not_transferred": "Lo sentimos, nadie contestó allí. Por favor llame más tarde. Hasta luego.",
        "voicemail": "Lo sentimos, ahora nadie puede atender su llamada. Después del tono, deje por favor su nombre,"
        " su número y lo que necesita. Luego oprima la tecla de número, o simplemente cuelgue.",
        "voicemail_left": "Gracias. Ya tenemos su mensaje. Hasta luego.",
        "full": "Lo sentimos, ahora no podemos atender su llamada. Por favor llame más tarde. Hasta luego.",
        "closed": "Lo sentimos, ya cerramos y hoy no alcanzamos a atenderle. Por favor llame cuando estemos abiertos."
        " Hasta luego.",
        "closed_offer": "Ya cerramos. Para que le llamemos cuando abramos de nuevo, oprima el 1.",
        "promised_opening": "Gracias. Le llamaremos al {number} cuando abramos de nuevo. Hasta luego.",
    },
}


def say(name: str, language: str, **facts: object) -> str:
    """The sentence `name` in the caller's language; English where we do not speak it."""
    return _WORDS.get(language, _WORDS["en"])[name].format(**facts)
