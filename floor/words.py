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
        "withdrawn": "All right. Thank you, goodbye.",
        "machine": "Hello. You asked us to call you back. We will try again a little later. Goodbye.",
        "later": "We are sorry, we lost the line to our operator. We will call you again in a few minutes.",
        "over": "Thank you for calling. Goodbye.",
        "prompt": "A caller is waiting: {queue}. Press 1 to take the call.",
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
        "promised_opening": "Thank you. We will call you back at this number when we are open again. Goodbye.",
    },
    "es": {
        "place": "Gracias por esperar. Usted es el número {place} en la fila.",
        "next": "Gracias por esperar. Usted es el siguiente.",
        "offer": "Para conservar su lugar y recibir una llamada, oprima el 1.",
        "connecting": "Un momento por favor. Le estamos comunicando.",
        "promised": "Su lugar queda guardado. Le llamaremos a este número. Gracias, hasta luego.",
        "callback": "Hola. Usted nos pidió que le llamáramos. Para hablar con nosotros ahora, oprima el 1."
        " Si ya no nos necesita, oprima el 2.",
        "withdrawn": "De acuerdo. Gracias, hasta luego.",
        "machine": "Hola. Usted nos pidió que le llamáramos. Volveremos a intentarlo más tarde. Hasta luego.",
        "later": "Lo sentimos, se perdió la línea con nuestro operador. Le llamaremos de nuevo en unos minutos.",
        "over": "Gracias por llamar. Hasta luego.",
        "prompt": "Una persona espera: {queue}. Oprima el 1 para tomar la llamada.",
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
        "promised_opening": "Gracias. Le llamaremos a este número cuando abramos de nuevo. Hasta luego.",
    },
}


def say(name: str, language: str, **facts: object) -> str:
    """The sentence `name` in the caller's language; English where we do not speak it."""
    return _WORDS.get(language, _WORDS["en"])[name].format(**facts)
