"""Places by the names people use that neither the tz database nor CLDR has, and the zones most people use.

A name that stands under two zones is ambiguous, and is asked about. Here are large cities and centres of
work; from a rarer place a person names the nearest of them. Names are those in English and at the place itself;
what other languages call them stands in `exonyms`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WELL_KNOWN: Final = (
    "America/New_York", "Europe/London", "Asia/Kolkata", "America/Los_Angeles", "Asia/Tokyo",
    "Asia/Shanghai", "Europe/Berlin", "Europe/Paris", "America/Sao_Paulo", "Australia/Sydney",
    "America/Chicago", "America/Mexico_City", "Asia/Singapore", "Europe/Madrid", "Africa/Lagos",
    "Africa/Cairo", "Africa/Nairobi", "Africa/Johannesburg", "Asia/Dubai", "Europe/Istanbul",
    "Europe/Lisbon", "Europe/Moscow", "Asia/Manila", "Asia/Jakarta", "Pacific/Auckland",
    "America/Argentina/Buenos_Aires", "America/Bogota", "America/Toronto", "America/Denver",
    "Asia/Karachi", "Asia/Dhaka", "Asia/Hong_Kong", "Asia/Seoul", "Asia/Bangkok", "Asia/Ho_Chi_Minh",
    "Asia/Jerusalem", "Asia/Riyadh", "Asia/Tehran", "Asia/Kathmandu", "Asia/Colombo", "Asia/Tashkent",
    "Asia/Yangon", "Asia/Kabul", "Asia/Taipei", "Asia/Kuala_Lumpur", "Asia/Baghdad", "Asia/Almaty",
    "Europe/Rome", "Europe/Amsterdam", "Europe/Warsaw", "Europe/Kyiv", "Europe/Athens", "Europe/Dublin",
    "Europe/Zurich", "Europe/Vienna", "Europe/Stockholm", "Europe/Brussels", "Europe/Prague",
    "Europe/Bucharest", "Europe/Helsinki", "Europe/Copenhagen", "Europe/Oslo", "Europe/Budapest",
    "Europe/Sofia", "Europe/Belgrade", "America/Lima", "America/Santiago", "America/Caracas",
    "America/Vancouver", "America/Halifax", "America/St_Johns", "America/Phoenix", "America/Anchorage",
    "America/Panama", "America/Costa_Rica", "America/Guatemala", "America/Havana",
    "America/Puerto_Rico", "America/Montevideo", "America/La_Paz", "America/Guayaquil",
    "America/Asuncion", "Africa/Casablanca", "Africa/Algiers", "Africa/Tunis", "Africa/Accra",
    "Africa/Abidjan", "Africa/Addis_Ababa", "Africa/Kinshasa", "Africa/Khartoum", "Australia/Melbourne",
    "Australia/Brisbane", "Australia/Perth", "Australia/Adelaide", "Australia/Darwin",
    "Pacific/Honolulu", "Atlantic/Azores", "Atlantic/Cape_Verde", "Atlantic/Reykjavik",
    "America/Noronha", "America/Nuuk", "Pacific/Fiji", "Pacific/Guam", "Pacific/Noumea", "Pacific/Apia",
    "Pacific/Tongatapu", "Pacific/Chatham", "Pacific/Marquesas", "Pacific/Pago_Pago",
    "Pacific/Kiritimati", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok",
    "Asia/Kamchatka", "Australia/Lord_Howe", "Australia/Eucla",
)  # fmt: skip
"""Zones by how likely a reader is to mean them or to know their city; others come after these."""

_PLACES: Final[Mapping[str, str]] = {
    "America/New_York": (
        "Boston, Washington, Washington DC, Washington D.C., Miami, Atlanta, Philadelphia, Baltimore, "
        "Charlotte, Raleigh, Orlando, Tampa, Pittsburgh, Cleveland, Columbus, Cincinnati, Buffalo, "
        "Brooklyn, Manhattan, NYC, Jacksonville, Portland, Cambridge, Georgia, Florida, Massachusetts, "
        "New Jersey, Pennsylvania, Virginia, North Carolina, South Carolina, Ohio, Maine, Maryland, "
        "Toledo, New York City"
    ),
    "America/Chicago": (
        "Dallas, Houston, Austin, San Antonio, Fort Worth, Minneapolis, St. Louis, Saint Louis, New "
        "Orleans, Nashville, Memphis, Milwaukee, Kansas City, Oklahoma City, Omaha, Birmingham, Texas, "
        "Illinois, Minnesota, Wisconsin, Alabama"
    ),
    "America/Denver": ("Salt Lake City, Albuquerque, Boulder, Colorado, Colorado Springs, Utah, New Mexico, El Paso"),
    "America/Phoenix": "Tucson, Scottsdale, Arizona",
    "America/Los_Angeles": (
        "San Francisco, San Diego, San Jose, San José, Oakland, Sacramento, Silicon Valley, Palo Alto, "
        "Mountain View, Berkeley, Seattle, Redmond, Portland, Las Vegas, California, Oregon, Washington "
        "State, LA, SF, Nevada"
    ),
    "Pacific/Honolulu": "Hawaii, Oahu",
    "America/Anchorage": "Alaska",
    "America/Toronto": "Montreal, Montréal, Ottawa, Quebec, Québec, Quebec City, Mississauga, Ontario",
    "America/Vancouver": "British Columbia, Surrey",
    "America/Edmonton": "Calgary, Alberta",
    "America/Halifax": "Nova Scotia",
    "America/Mexico_City": "Guadalajara, Puebla, León, Querétaro, CDMX, Mexico DF",
    "America/Tijuana": "Baja California",
    "America/Bogota": "Medellín, Cali, Barranquilla, Cartagena",
    "America/Guayaquil": "Quito",
    "America/Lima": "Arequipa, Trujillo",
    "America/Caracas": "Maracaibo, Valencia",
    "America/La_Paz": "Santa Cruz de la Sierra, Cochabamba",
    "America/Santiago": "Valparaíso, Santiago de Chile",
    "America/Argentina/Buenos_Aires": "La Plata, Mar del Plata",
    "America/Argentina/Cordoba": "Rosario, Santa Fe",
    "America/Sao_Paulo": (
        "Rio de Janeiro, Rio, Brasília, Brasilia, Belo Horizonte, Curitiba, Porto Alegre, "
        "Campinas, Florianópolis, Goiânia"
    ),
    "America/Bahia": "Salvador",
    "America/El_Salvador": "San Salvador",
    "America/Costa_Rica": "San José, San Jose",
    "America/Puerto_Rico": "San Juan",
    "America/Guatemala": "Guatemala City, Ciudad de Guatemala",
    "America/Santo_Domingo": "Punta Cana",
    "Europe/London": (
        "Manchester, Birmingham, Edinburgh, Glasgow, Liverpool, Leeds, Bristol, Cardiff, "
        "Cambridge, Oxford, Sheffield, Nottingham, Newcastle, England, Scotland, Wales, Northern Ireland"
    ),
    "Europe/Dublin": "Cork, Galway",
    "Europe/Lisbon": "Porto, Oporto, Braga, Coimbra",
    "Europe/Madrid": (
        "Barcelona, Valencia, València, Sevilla, Seville, Bilbao, Málaga, Zaragoza, Granada, Córdoba, "
        "Cordoba, Toledo, Murcia, Palma"
    ),
    "Atlantic/Canary": "Las Palmas, Tenerife, Gran Canaria",
    "Europe/Paris": ("Lyon, Marseille, Toulouse, Bordeaux, Nantes, Lille, Nice, Strasbourg, Montpellier, Grenoble"),
    "Europe/Berlin": (
        "Munich, München, Hamburg, Frankfurt, Cologne, Köln, "
        "Stuttgart, Düsseldorf, Leipzig, Dresden, Nuremberg, Nürnberg, Bonn, Hannover, Bremen, Karlsruhe"
    ),
    "Europe/Vienna": "Wien, Graz, Salzburg, Linz",
    "Europe/Zurich": "Geneva, Genève, Genf, Basel, Bern, Lausanne",
    "Europe/Rome": (
        "Milan, Milano, Turin, Torino, Naples, Napoli, Florence, Firenze, Bologna, Venice, Venezia, Genoa, Roma"
    ),
    "Europe/Amsterdam": "Rotterdam, Utrecht, The Hague, Den Haag, Eindhoven",
    "Europe/Brussels": "Antwerp, Antwerpen, Ghent, Gent, Bruges",
    "Europe/Warsaw": "Kraków, Krakow, Cracow, Wrocław, Gdańsk, Poznań, Łódź, Katowice",
    "Europe/Prague": "Brno, Praha",
    "Europe/Copenhagen": "København, Aarhus",
    "Europe/Stockholm": "Gothenburg, Göteborg, Malmö",
    "Europe/Oslo": "Bergen, Trondheim",
    "Europe/Helsinki": "Tampere, Espoo, Turku",
    "Europe/Athens": "Thessaloniki",
    "Europe/Kyiv": "Lviv, Kharkiv, Odesa, Odessa, Dnipro, Kiev",
    "Europe/Bucharest": "Cluj, Cluj-Napoca, Timișoara, Iași",
    "Europe/Belgrade": "Novi Sad, Beograd",
    "Europe/Moscow": "Saint Petersburg, St. Petersburg, Moskva",
    "Europe/Istanbul": "Ankara, Izmir, İzmir, Antalya",
    "Asia/Jerusalem": "Tel Aviv, Haifa",
    "Asia/Dubai": "Abu Dhabi, Sharjah",
    "Asia/Riyadh": "Jeddah, Mecca",
    "Asia/Karachi": "Lahore, Islamabad, Rawalpindi, Faisalabad, Hyderabad",
    "Asia/Kolkata": (
        "Bangalore, Bengaluru, Mumbai, Bombay, Delhi, New Delhi, Chennai, Madras, Hyderabad, "
        "Pune, Ahmedabad, Jaipur, Kochi, Gurgaon, Gurugram, Noida, Lucknow, Chandigarh, "
        "Thiruvananthapuram, Indore"
    ),
    "Asia/Dhaka": "Chittagong",
    "Asia/Kathmandu": "Pokhara",
    "Asia/Shanghai": (
        "Beijing, Peking, Shenzhen, Guangzhou, Canton, Chengdu, Hangzhou, Nanjing, Wuhan, Xi'an, "
        "Tianjin, Suzhou, Chongqing"
    ),
    "Asia/Taipei": "Kaohsiung, Taichung, Hsinchu",
    "Asia/Tokyo": "Osaka, Kyoto, Nagoya, Yokohama, Fukuoka, Sapporo, Kobe, Hiroshima",
    "Asia/Seoul": "Busan, Incheon",
    "Asia/Ho_Chi_Minh": "Hanoi, Da Nang, Saigon",
    "Asia/Manila": "Cebu, Quezon City, Davao, Makati",
    "Asia/Jakarta": "Bandung, Surabaya, Yogyakarta",
    "Asia/Makassar": "Bali, Denpasar",
    "Asia/Bangkok": "Chiang Mai, Phuket",
    "Asia/Kuala_Lumpur": "Penang, Johor Bahru",
    "Africa/Johannesburg": "Cape Town, Durban, Pretoria",
    "Africa/Lagos": "Abuja, Ibadan",
    "Africa/Nairobi": "Mombasa",
    "Africa/Cairo": "Alexandria, Giza",
    "Africa/Casablanca": "Rabat, Marrakesh, Marrakech, Tangier",
    "Africa/Accra": "Kumasi",
    "Africa/Dar_es_Salaam": "Dodoma",
    "Australia/Sydney": "Canberra, Newcastle, New South Wales",
    "Australia/Melbourne": "Geelong",
    "Australia/Brisbane": "Gold Coast, Queensland",
    "Australia/Hobart": "Tasmania",
    "Australia/Perth": "Western Australia",
    "Australia/Adelaide": "South Australia",
    "Pacific/Auckland": "Wellington, Christchurch, Hamilton, Dunedin",
}

COUNTRIES: Final[Mapping[str, str]] = {
    "USA": "US", "U.S.A.": "US", "U.S.": "US", "America": "US", "UK": "GB", "Britain": "GB", "Great Britain": "GB",
    "Holland": "NL", "Korea": "KR", "Burma": "MM", "Turkey": "TR", "Czech Republic": "CZ", "UAE": "AE",
}  # fmt: skip
"""Other names of countries in English, with the ISO code."""


def places(by_zone: Mapping[str, str] = _PLACES) -> Mapping[str, tuple[str, ...]]:
    """Return zones by the name of a place, as it is written."""
    found: dict[str, list[str]] = {}
    for zone, names in by_zone.items():
        for name in names.split(", "):
            found.setdefault(name, []).append(zone)
    return {name: tuple(zones) for name, zones in found.items()}
