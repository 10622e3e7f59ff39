"""Invented people: names, phones and addresses that nobody has, the same ones for the same number every time."""

from collections.abc import Sequence


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SURNAMES = _words(
    "Акварелев Апельсинов Бирюзов Брусничкин Бубенцов Васильков Ватрушкин Ветерков Вишенкин Гвоздичкин Горошкин"
    " Дождиков Ежевичкин Ёлочкин Жемчужинов Жуковинин Звёздочкин Земляничкин Зонтиков Изюмов Инеев Календулов"
    " Калинкин Капелькин Карамелькин Клюквин Колосков Конфеткин Кружевницын Ландышев Леденцов Лимончиков Лопухов"
    " Мандаринов Мармеладов Медовичкин Мимозин Морошкин Незабудкин Облаков Одуванчиков Орешкин Пастилкин Перышкин"
    " Печенькин Подснежников Пряничкин Радужнов Ромашкин Рябинкин Светлячков Снежинкин Солнышкин Сухариков Травкин"
    " Тыковкин Фиалкин Хлопушкин Цикорин Черничкин Яблочкин"
)
_WOMEN = _words(
    "Агата Аделина Береника Василина Виталина Глафира Дарина Евдокия Зарина Злата Иванна Камилла Лукерья Мелания"
    " Мирослава Николь Прасковья Руслана Северина Таисия Ульяна Фаина Эвелина Ярослава"
)
_MEN = _words(
    "Аверьян Август Бажен Велимир Всеволод Гордей Добрыня Елисей Захар Измаил Ипполит Климент Лаврентий Мирон Назар"
    " Остап Потап Радим Савелий Тихон Устин Фома Харитон Ярополк"
)
_FATHERS = _words(
    "Аверьянов Августов Баженов Велимиров Всеволодов Гордеев Елисеев Захаров Измаилов Ипполитов Климентов Лаврентьев"
    " Миронов Назаров Остапов Потапов Радимов Савельев Тихонов Устинов Феликсов Харитонов Ярополков"
)


def invented_name(family: int, person: int, sex: str | None, like: str) -> str:
    """Return a name with as many words as `like` has, up to three; who has one `family` number has one surname.

    `sex`: "f", "m" or None, then it is guessed from `like`. Three words are surname, name and patronymic. Names of
    three words with family = person are all different for numbers up to 33,672.
    """
    woman = sex == "f" or (sex is None and _sounds_female(like))
    name = _of(_WOMEN if woman else _MEN, person)
    surname = _of(_SURNAMES, family) + ("а" if woman else "")
    words = len(like.split())
    if words < 2:
        return name
    if words == 2:
        return f"{name} {surname}"
    father = _of(_FATHERS, person // (len(_SURNAMES) * len(_MEN)))
    return f"{surname} {name} {father}{'на' if woman else 'ич'}"


def invented_contact(kind: str, number: int) -> str:
    """Return a contact of that kind (as in contact.kind) which nobody has: the area code 000 is given to nobody."""
    made = {
        "mobile": f"+7000{number:07d}",
        "home": f"+7000{number:07d}",
        "email": f"client{number}@example.com",
        "address": f"Примерск, Садовая ул., {number}",
        "skype": f"skype{number}",
        "link": f"https://example.com/{number}",
    }
    return made.get(kind, f"Примерская {number}")


def _of(names: Sequence[str], number: int) -> str:
    return names[number % len(names)]


def _sounds_female(name: str) -> bool:
    return any(word.endswith(("ва", "на", "ия", "ая")) for word in name.lower().split())
