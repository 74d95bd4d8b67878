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
    between: str = "; "
    """What parts two things in one answer."""
    behind: str = " "
    """What parts an afterthought from what it is added to."""


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

GERMAN = Corpus(
    done=(
        "Parser für wiederkehrende Rechnungen ist gemergt",
        "Migration für die Audit-Tabelle geschrieben und auf Staging laufen lassen",
        "den wackligen Upload-Test repariert, es war doch die Zeitzone",
        "Such-Branch durchgesehen, nur zwei Kleinigkeiten angemerkt",
        "Bewerbungsgespräch geführt und die Notizen abgelegt",
        "Version 2.4 veröffentlicht und eine Stunde lang die Kurven beobachtet",
        "die letzten drei Cronjobs in den Scheduler umgezogen",
        "zu zweit am Rechtemodell gesessen, am Ende war es weniger Code als vorher",
        "Entwurf für den Bericht zur Barrierefreiheit steht",
        "Anleitung für Neue aufgeräumt",
        "das langsame Dashboard lag an einem einzigen fehlenden Index",
        "Support-Tickets beantwortet, nichts Dringendes dabei",
        "die neuen Leerseiten sind live",
        "Zertifikate erneuert",
    ),
    next=(
        "die Doku dazu",
        "für die ersten zehn Kunden freischalten",
        "die Wiederholungslogik samt Tests fertig machen",
        "mir den Speicherverlauf noch mal in Ruhe ansehen",
        "mit dem CSV-Export anfangen",
        "die Entscheidung zur Queue aufschreiben",
        "zweite Review-Runde, dann mergen",
        "die Demo für Donnerstag vorbereiten",
        "die Einstellungsseite in zwei aufteilen",
        "den Datenbanktreiber aktualisieren",
        "den ältesten Bug vom Board nehmen",
        "erst messen, dann etwas ändern",
    ),
    blockers=(
        "warte noch auf die Staging-Schlüssel",
        "die Build-Queue hängt seit heute Morgen",
        "immer noch kein Zugang zur Abrechnungs-Sandbox",
        "der Anbieter hat sich wegen des Rate-Limits noch nicht gemeldet",
        "die Platte von meinem Laptop ist schon wieder voll, die IT weiß Bescheid",
        "unklar, wer über die Aufbewahrungsfrist entscheidet",
    ),
    asks=(
        "@{name} kannst du bitte den Parser-Branch durchsehen?",
        "@{name} schau bitte mal auf den kaputten Import, du kennst ihn am besten",
        "bräuchte fünf Minuten von @{name} wegen der API-Namen",
        "@{name} gibst du mir die Staging-Schlüssel?",
    ),
    clear=("nichts", "nein", "nichts im Weg", "alles gut"),
    other=("alles gut", "nichts weiter", "ein ruhiger Tag"),
    afterthoughts=("(samt Tests)", "(inzwischen erledigt)", "(hinter einem Feature-Flag)"),
    social=(
        "Schöne Frage zum Wachwerden.",
        "Davon habe ich irgendwo ein Foto, kommt noch.",
        "Ich lese das alles zum Kaffee, gern mehr davon.",
        "Muss noch überlegen, aber was hier schon steht, gefällt mir.",
        "Meine Kinder wüssten sofort was. Ich nicht.",
        "Habe zu Hause gefragt, jetzt lachen hier alle.",
        "Das wirft mich zehn Jahre zurück.",
        "Lange Geschichte, die erzähle ich euch mal persönlich.",
        "Geht mir genauso!",
        "Gestern hätte ich Nein gesagt, heute bin ich mir nicht mehr so sicher.",
    ),
)

JAPANESE = Corpus(
    done=(
        "定期請求のパーサーをマージしました",
        "監査テーブルのマイグレーションを書いて、ステージングで流しました",
        "不安定だったアップロードのテストを修正。原因はやっぱりタイムゾーンでした",
        "検索ブランチをレビュー、細かいコメントを2件残しました",
        "採用面談をして、メモをまとめました",
        "2.4をリリースして、1時間ほどグラフを見守りました",
        "残っていたcronジョブ3つをスケジューラーに移しました",
        "権限モデルをペアで整理。追加より削除のほうが多かったです",
        "アクセシビリティ報告書の下書きを作りました",
        "オンボーディング資料を整理しました",
        "ダッシュボードが遅い原因を特定。インデックスが1つ足りませんでした",
        "問い合わせに返信。急ぎのものはありませんでした",
        "新しい空画面をリリースしました",
        "証明書を更新しました",
    ),
    next=(
        "同じ件のドキュメント",
        "最初の10社に公開",
        "リトライ処理とテストの仕上げ",
        "メモリのグラフを改めて見直す",
        "CSVエクスポートに着手",
        "キューの決定事項をまとめる",
        "2回目のレビュー、その後マージ",
        "木曜のデモの準備",
        "設定ページを2つに分ける",
        "DBドライバーの更新",
        "一番古いバグに取りかかる",
        "手を入れる前に、まず計測",
    ),
    blockers=(
        "ステージングの鍵待ちです",
        "今朝からビルドが詰まっています",
        "課金サンドボックスの権限がまだありません",
        "レート制限の件、ベンダーから返事がありません",
        "ノートPCのディスクがまた一杯です。情シスには連絡済み",
        "保存期間を誰が決めるのか、まだはっきりしません",
    ),
    asks=(
        "@{name}さん、パーサーのブランチのレビューをお願いできますか？",
        "@{name}さん、失敗しているインポートを見てもらえますか？一番詳しいと思うので",
        "API名の件で、@{name}さんに5分ほど相談したいです",
        "@{name}さん、ステージングの鍵を共有してもらえますか？",
    ),
    clear=("なし", "特になし", "特にありません", "大丈夫です"),
    other=("順調です", "特に補足はありません", "落ち着いた一日でした"),
    afterthoughts=("（テストも込み）", "（その後完了）", "（フィーチャーフラグ付き）"),
    social=(
        "朝からいい質問ですね。",
        "写真がどこかにあるはず。あとで貼ります。",
        "コーヒーを飲みながら読んでます。もっと聞きたい！",
        "まだ考え中ですが、皆さんの話が面白いです。",
        "うちの子なら即答しそうです。私は無理でした。",
        "家で聞いてみたら、みんなで大笑いになりました。",
        "10年前を思い出しました。",
        "長い話なので、いつか直接話します。",
        "私も同じです！",
        "昨日なら「いいえ」でしたが、今日は自信がなくなってきました。",
    ),
    between="。",
    behind="",
)

CORPORA: Mapping[str, Corpus] = {"en": ENGLISH, "es": SPANISH, "de": GERMAN, "ja": JAPANESE}


def corpus(language: str) -> Corpus:
    """The corpus of a language tag; English where there is none."""
    return CORPORA.get(language.partition("-")[0].partition("_")[0], ENGLISH)
