"""What simulated members say: answers to a standup's questions and to social prompts, by language.

These are texts that people write, so they are in no catalogue. "{name}" is a team mate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Corpus:
    """One language's sayings."""

    done: Sequence[str]
    next: Sequence[str]
    blockers: Sequence[str]
    asks: Sequence[str]
    clear: Sequence[str]
    """No blockers."""
    other: Sequence[str]
    """Answers to questions that the team added."""
    afterthoughts: Sequence[str]
    """What is added when a message is edited."""
    social: Sequence[str]


ENGLISH = Corpus(
    done=(
        "merged the parser for recurring invoices",
        "wrote the migration for the audit table and ran it on staging",
        "fixed the flaky upload test, it was a time zone after all",
        "reviewed the search branch, two small comments left",
        "interviewed a candidate and wrote the notes",
        "cut the 2.4 release and watched the graphs for an hour",
        "moved the last three cron jobs to the scheduler",
        "paired on the permission model, we deleted more than we added",
        "drafted the accessibility report",
        "cleaned up the onboarding guide",
        "traced the slow dashboard to one missing index",
        "answered support tickets, nothing burning",
        "shipped the new empty states",
        "rotated the certificates",
    ),
    next=(
        "the documentation for the same thing",
        "roll it out to the first ten customers",
        "finish the retry logic and its tests",
        "look at the memory graph with fresh eyes",
        "start on the export to CSV",
        "write up the decision about the queue",
        "second round of review, then merge",
        "prepare the demo for Thursday",
        "split the settings page in two",
        "upgrade the database driver",
        "pick up the oldest bug on the board",
        "measure before I change anything else",
    ),
    blockers=(
        "waiting for staging keys",
        "the build queue is stuck since this morning",
        "no access to the billing sandbox yet",
        "the vendor has not answered about the rate limit",
        "my laptop's disk is full again, IT knows",
        "unclear who decides about the retention period",
    ),
    asks=(
        "@{name} could you review the parser branch?",
        "@{name} please have a look at the failing import, you know it best",
        "need five minutes of @{name} about the API names",
        "@{name} can you share the staging keys with me?",
    ),
    clear=("none", "nothing", "no blockers", "all clear"),
    other=("all good", "nothing to add", "a calm day"),
    afterthoughts=("(and the tests)", "(done by now)", "(with a feature flag)"),
    social=(
        "A good one to wake up to.",
        "I have a photo for that somewhere, it follows.",
        "Reading these with my coffee, keep them coming.",
        "Still thinking, but I like what is here already.",
        "My children have an answer to that. I do not.",
        "I asked at home, and now we are all laughing.",
        "That one takes me back ten years.",
        "Let me tell you that in person one day, it is a long story.",
        "Same here!",
        "I would have said no yesterday, and today I am not so sure.",
    ),
)

SPANISH = Corpus(
    done=(
        "fusioné el analizador de facturas recurrentes",
        "escribí la migración de la tabla de auditoría y la probé en staging",
        "arreglé la prueba inestable de subida, era la zona horaria",
        "revisé la rama de búsqueda, quedan dos comentarios pequeños",
        "entrevisté a una candidata y dejé las notas",
        "publiqué la versión 2.4 y miré las gráficas una hora",
        "moví los tres últimos cron al planificador",
        "avancé con el modelo de permisos, borramos más de lo que añadimos",
        "preparé el borrador del informe de accesibilidad",
        "actualicé la guía de bienvenida",
        "encontré el índice que faltaba en el panel lento",
        "respondí tickets de soporte, nada urgente",
    ),
    next=(
        "la documentación de lo mismo",
        "activarlo para los primeros diez clientes",
        "terminar los reintentos y sus pruebas",
        "mirar la gráfica de memoria con calma",
        "empezar la exportación a CSV",
        "escribir la decisión sobre la cola",
        "segunda revisión y fusionar",
        "preparar la demo del jueves",
        "separar en dos la página de ajustes",
        "actualizar el driver de la base de datos",
    ),
    blockers=(
        "espero las claves de staging",
        "la cola de compilación está parada desde esta mañana",
        "todavía sin acceso al entorno de facturación",
        "el proveedor no ha contestado sobre el límite",
        "no está claro quién decide el plazo de retención",
    ),
    asks=(
        "@{name} ¿puedes revisar la rama del analizador?",
        "@{name} échale un vistazo a la importación que falla, por favor",
        "necesito cinco minutos de @{name} sobre los nombres de la API",
        "@{name} ¿me pasas las claves de staging?",
    ),
    clear=("nada", "ninguno", "sin bloqueos", "todo bien"),
    other=("todo bien", "nada que añadir", "un día tranquilo"),
    afterthoughts=("(y las pruebas)", "(ya está)", "(detrás de un interruptor)"),
    social=(
        "Buena pregunta para empezar el día.",
        "Tengo una foto de eso por ahí, luego la mando.",
        "Los leo con el café, que no pare.",
        "Todavía lo pienso, pero me gusta lo que hay aquí.",
        "Mis hijos tienen respuesta; yo no.",
        "Lo pregunté en casa y ahora nos reímos todos.",
        "Eso me lleva diez años atrás.",
        "Es una historia larga, un día se la cuento.",
        "¡Igual que yo!",
        "Ayer habría dicho que no, hoy ya no estoy tan segura.",
    ),
)

CORPORA: Mapping[str, Corpus] = {"en": ENGLISH, "es": SPANISH}


def corpus(language: str) -> Corpus:
    """The corpus of a language tag; English where there is none."""
    return CORPORA.get(language.partition("-")[0].partition("_")[0], ENGLISH)
