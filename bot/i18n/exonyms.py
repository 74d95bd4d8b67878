"""What Spanish, German and Japanese call large cities and countries, where CLDR does not say it.

CLDR names only the cities that zones are called after, and each country once. A name in one of these languages is
found by everybody, for people travel and clients are set to another language than the one that is typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.i18n.cities import places

_SPANISH: Final = {
    "America/New_York": "Filadelfia, Washington D. C., Carolina del Norte, Carolina del Sur, Nueva Jersey",
    "America/Chicago": "Nueva Orleans",
    "America/Denver": "Nuevo México",
    "America/Sao_Paulo": "Río de Janeiro",
    "America/Mexico_City": "México D. F.",
    "Europe/London": "Edimburgo, Inglaterra, Escocia, Gales, Irlanda del Norte",
    "Europe/Paris": "Marsella, Burdeos, Niza, Estrasburgo",
    "Europe/Berlin": "Múnich, Hamburgo, Fráncfort, Colonia, Núremberg, Dresde, Brema",
    "Europe/Vienna": "Salzburgo",
    "Europe/Zurich": "Ginebra, Basilea, Berna, Lausana",
    "Europe/Rome": "Milán, Turín, Nápoles, Florencia, Bolonia, Venecia, Génova",
    "Europe/Amsterdam": "La Haya, Róterdam",
    "Europe/Brussels": "Amberes, Gante, Brujas",
    "Europe/Warsaw": "Cracovia, Breslavia",
    "Europe/Stockholm": "Gotemburgo",
    "Europe/Athens": "Salónica",
    "Europe/Kyiv": "Leópolis",
    "Europe/Moscow": "San Petersburgo",
    "Asia/Dubai": "Abu Dabi",
    "Asia/Kolkata": "Nueva Delhi",
    "Asia/Shanghai": "Pekín, Cantón",
    "Asia/Tokyo": "Kioto",
    "Asia/Ho_Chi_Minh": "Hanói, Saigón",
    "Africa/Johannesburg": "Ciudad del Cabo",
    "Africa/Cairo": "Alejandría",
    "Africa/Casablanca": "Tánger",
}

_GERMAN: Final = {
    "America/Los_Angeles": "Kalifornien",
    "America/New_York": "Pennsylvanien",
    "Europe/London": "Schottland, Nordirland",
    "Europe/Paris": "Straßburg, Nizza",
    "Europe/Zurich": "Genf",
    "Europe/Rome": "Mailand, Turin, Neapel, Florenz, Venedig, Genua, Südtirol, Bozen",
    "Europe/Brussels": "Brügge, Lüttich",
    "Europe/Warsaw": "Krakau, Breslau, Danzig, Posen, Lodz, Kattowitz",
    "Europe/Prague": "Brünn, Pilsen",
    "Europe/Bucharest": "Klausenburg",
    "Europe/Kyiv": "Lemberg, Charkiw",
    "Europe/Moscow": "Sankt Petersburg, St. Petersburg",
    "Europe/Madrid": "Saragossa, Mallorca",
    "Atlantic/Canary": "Kanaren, Teneriffa",
    "Asia/Dubai": "Schardscha",
    "Asia/Kolkata": "Neu-Delhi",
    "Asia/Shanghai": "Peking, Kanton",
    "Asia/Tokyo": "Kioto",
    "Africa/Johannesburg": "Kapstadt",
    "Africa/Cairo": "Gizeh",
    "Africa/Casablanca": "Marrakesch, Tanger",
}

_JAPANESE: Final = {
    "America/New_York": (
        "ボストン, ワシントン, ワシントンD.C., マイアミ, アトランタ, フィラデルフィア, ボルチモア, シャーロット, "
        "オーランド, ピッツバーグ, ブルックリン, マンハッタン, フロリダ"
    ),
    "America/Chicago": (
        "ダラス, ヒューストン, オースティン, サンアントニオ, ミネアポリス, セントルイス, ニューオーリンズ, "
        "ナッシュビル, テキサス"
    ),
    "America/Denver": "ソルトレイクシティ, ソルトレークシティー, コロラド",
    "America/Phoenix": "アリゾナ",
    "America/Los_Angeles": (
        "サンフランシスコ, サンディエゴ, サンノゼ, サクラメント, シリコンバレー, パロアルト, マウンテンビュー, "
        "バークレー, シアトル, ポートランド, ラスベガス, カリフォルニア, ロス, ロスアンゼルス"
    ),
    "Pacific/Honolulu": "ハワイ",
    "America/Anchorage": "アラスカ",
    "America/Toronto": "モントリオール, オタワ, ケベック",
    "America/Edmonton": "カルガリー",
    "America/Mexico_City": "メキシコシティ, グアダラハラ",
    "America/Bogota": "メデジン",
    "America/Sao_Paulo": "リオデジャネイロ, リオ, ブラジリア",
    "America/Argentina/Buenos_Aires": "ブエノスアイレス",
    "Europe/London": (
        "マンチェスター, バーミンガム, エディンバラ, エジンバラ, グラスゴー, リバプール, リーズ, ブリストル, "
        "カーディフ, ケンブリッジ, オックスフォード, イングランド, スコットランド, ウェールズ"
    ),
    "Europe/Lisbon": "ポルト",
    "Europe/Madrid": "バルセロナ, バレンシア, セビリア, ビルバオ, マラガ",
    "Europe/Paris": "リヨン, マルセイユ, トゥールーズ, ボルドー, ニース, ストラスブール",
    "Europe/Berlin": (
        "ミュンヘン, ハンブルク, フランクフルト, ケルン, シュトゥットガルト, シュツットガルト, デュッセルドルフ, "
        "ライプツィヒ, ドレスデン, ニュルンベルク, ボン, ハノーファー, ブレーメン"
    ),
    "Europe/Vienna": "グラーツ, ザルツブルク",
    "Europe/Zurich": "チューリヒ, ジュネーブ, ジュネーヴ, バーゼル, ベルン, ローザンヌ",
    "Europe/Rome": "ミラノ, トリノ, ナポリ, フィレンツェ, ボローニャ, ベネチア, ヴェネツィア, ジェノバ",
    "Europe/Amsterdam": "ロッテルダム, ユトレヒト, ハーグ, アイントホーフェン",
    "Europe/Brussels": "アントワープ, ゲント, ブルージュ",
    "Europe/Warsaw": "クラクフ, ヴロツワフ, グダニスク",
    "Europe/Stockholm": "ヨーテボリ, マルメ",
    "Europe/Oslo": "ベルゲン",
    "Europe/Athens": "テッサロニキ",
    "Europe/Kyiv": "キエフ, リビウ, ハルキウ, オデーサ, オデッサ",
    "Europe/Moscow": "サンクトペテルブルク",
    "Europe/Istanbul": "アンカラ, イズミル",
    "Asia/Jerusalem": "テルアビブ, ハイファ",
    "Asia/Dubai": "アブダビ",
    "Asia/Riyadh": "ジッダ, メッカ",
    "Asia/Karachi": "ラホール, イスラマバード",
    "Asia/Kolkata": (
        "バンガロール, ベンガルール, ムンバイ, ボンベイ, デリー, ニューデリー, チェンナイ, マドラス, "
        "ハイデラバード, プネー, プネ, アーメダバード"
    ),
    "Asia/Shanghai": "北京, ペキン, シャンハイ, 深圳, 深セン, 広州, 成都, 杭州, 南京, 武漢, 西安, 天津, 蘇州, 重慶",
    "Asia/Taipei": "タイペイ, 高雄, 台中, 新竹",
    "Asia/Hong_Kong": "ホンコン",
    "Asia/Tokyo": (
        "とうきょう, 大阪, おおさか, 京都, きょうと, 名古屋, なごや, 横浜, よこはま, 福岡, ふくおか, 札幌, "
        "さっぽろ, 神戸, こうべ, 広島, ひろしま, 仙台, せんだい, 千葉, さいたま, 埼玉, 川崎, 北九州, 熊本, 鹿児島, "
        "新潟, 金沢, 静岡, 浜松, 岡山, 長崎, 奈良, 沖縄, 那覇, 北海道, つくば, にほん, にっぽん"
    ),
    "Asia/Seoul": "釜山, プサン, 仁川, インチョン",
    "Asia/Ho_Chi_Minh": "ハノイ, ホーチミン, ホーチミンシティ, ダナン, サイゴン",
    "Asia/Manila": "セブ, ケソンシティ, ダバオ, マカティ",
    "Asia/Jakarta": "バンドン, スラバヤ, ジョグジャカルタ",
    "Asia/Makassar": "バリ, バリ島, デンパサール",
    "Asia/Bangkok": "チェンマイ, プーケット",
    "Asia/Kuala_Lumpur": "ペナン",
    "Asia/Kathmandu": "カトマンズ",
    "Africa/Johannesburg": "ヨハネスブルク, ケープタウン, ダーバン, プレトリア",
    "Africa/Cairo": "アレクサンドリア, ギザ",
    "Africa/Casablanca": "ラバト, マラケシュ",
    "Australia/Sydney": "キャンベラ",
    "Australia/Brisbane": "ゴールドコースト",
    "Pacific/Auckland": "ウェリントン, クライストチャーチ",
}

_PLACES: Final[Mapping[str, Mapping[str, str]]] = {"es": _SPANISH, "de": _GERMAN, "ja": _JAPANESE}

COUNTRIES: Final[Mapping[str, Mapping[str, str]]] = {
    "es": {
        "EEUU": "US", "EE. UU.": "US", "EUA": "US", "Holanda": "NL", "Gran Bretaña": "GB",
        "República Checa": "CZ", "Corea": "KR", "Birmania": "MM", "EAU": "AE", "Emiratos Árabes": "AE",
    },
    "de": {
        "Amerika": "US", "Holland": "NL", "Großbritannien": "GB", "England": "GB",
        "Tschechische Republik": "CZ",
        "Korea": "KR", "Burma": "MM", "VAE": "AE", "Emirate": "AE", "Weißrussland": "BY",
    },
    "ja": {
        "アメリカ": "US", "米国": "US", "合衆国": "US", "英国": "GB", "豪州": "AU", "ビルマ": "MM",
    },
}  # fmt: skip
"""Other names of countries, by language, with the ISO code."""


def exonyms(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return zones by what a language calls a place, as it is written; nothing for other languages."""
    return places(_PLACES.get(language, {}))
