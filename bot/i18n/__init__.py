"""Languages: the `Localizer` and `Gazetteer` ports, by gettext catalogues and CLDR (both read by Babel).

Adding a language is adding `locales/<tag>/LC_MESSAGES/*.po`; nothing here names one.
"""

from bot.i18n.catalogues import Catalogues
from bot.i18n.gazetteer import CldrGazetteer
from bot.i18n.localizer import BabelLocalizer

__all__ = ["BabelLocalizer", "Catalogues", "CldrGazetteer"]
