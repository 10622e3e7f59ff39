"""Two days of a small school in commands, to see what each of them prints."""

DAYS_OF_A_SCHOOL = """
2026-09-01
clients add 'Анна Иванова' --phone '8 916 123-45-67' --student 'Петя Иванов' --student 'Оля Иванова'
clients edit 'Анна Иванова' --note Заметка
students add 'Анна Иванова' 'Ида Иванова'
students edit Ида --note Левша
undo
redo
students subject Ида Роботы --new
groups add 'Робо 1' --subject Роботы
groups add 'Робо 2' --subject Роботы
groups edit 'Робо 1' --limit 10
groups join 'Робо 1' Петя
groups join 'Робо 1' Оля
clients trial book 'Анна Иванова' --on 2026-09-03
clients trial cancel 'Анна Иванова'
clients trial attended 'Анна Иванова'
schedule add 'Робо 1' --days tue,thu --at 18:00 --minutes 60
schedule add 'Робо 2' --days fri --at 18:00 --minutes 60
schedule edit 2 --at 18:30
schedule remove 2
schedule holiday add 2026-11-04
schedule holiday remove 2026-11-04
subscription plans add 'Робо 8' --kind package --price 4000 --lessons 8 --length 4m
subscription plans edit 'Робо 8' --price 4200
subscription plans archive 'Робо 8'
subscription plans restore 'Робо 8'
subscription sell Петя 'Робо 8' --pay 1000
subscription sell Оля 'Робо 8'
discounts add Анна --percent 10
discounts remove 1
lessons hold 'Робо 1' --all-present --absent Оля
lessons plan 'Робо 2' --on 2026-09-05 --at 12:00
lessons move 'Робо 2' 2026-09-05 --at 13:00
lessons edit 'Робо 2' 2026-09-05 --topic Датчики
lessons cancel 'Робо 2' 2026-09-05
lessons restore 'Робо 2' 2026-09-05
2026-09-03
lessons hold 'Робо 1' --all-present
lessons mark 'Робо 1' Оля present --makes-up 2026-09-01
subscription freeze Петя --from 2026-09-08 --to 2026-09-14 --excused
subscription unfreeze Петя
groups freeze 'Робо 1' --from 2026-09-20 --to 2026-09-22
groups transfer Оля 'Робо 1' 'Робо 2' --on 2026-09-10
groups leave 'Робо 1' Петя
groups archive 'Робо 2'
groups restore 'Робо 2'
schedule end 1
subscription extend 1 --days 5
subscription move 1 Ида
subscription close 2 --on 2026-12-01
subscription delete 2
payments add 'Анна Иванова' 300
payments void 2 --reason Ошибка
students test add Петя 87 --subject Роботы
contracts add 'Анна Иванова' --number 7 --to 2026-12-31
contracts edit 7 --pay-day 5
forms add Договор {folder}/form.html --for contract
forms remove Договор
contracts terminate 7
contracts delete 7
status add bought VIP
status rename VIP Особый
status default Особый
status add bought Лишний
status delete Лишний
status set reserve 'Анна Иванова'
status recompute
fields add Школа
fields remove Школа
clients list is:debtor --save Долги
clients filters remove Долги
students list оля --save Оли
students filters remove Оли
clients bulk Анна --set note=Другая
clients contact add 1 'mobile:8 916 000-00-02'
clients contact edit 1 2 --note Бабушка
clients contact remove 1 2
clients contact restore 1 2
clients file add 'Анна Иванова' {folder}/clients.csv
clients file remove 'Анна Иванова' clients.csv
clients contact add 1 email:anna@example.org
clients access revoke 'Анна Иванова'
clients access grant 'Анна Иванова'
clients access resend 'Анна Иванова'
clients access revoke 'Анна Иванова'
tasks add 'Анна Иванова' Позвонить --due 2026-09-10
tasks done Позвонить
tasks archive 1
messages log 'Анна Иванова' 'Придёт во вторник' --channel call
messages send 'Анна Иванова' --template 'До встречи, {{name}}'
messages cancel 4
messages retry 4
messages cancel 4
messages deliver
automation add --when 'colour=Red' --task Позвонить --due +3d
clients edit 'Анна Иванова' --colour red
automation remove 1
clients add Борис --self
students move Ида --to Борис
clients merge 'Анна Иванова' Борис
students archive Оля
students restore Оля
clients archive 'Анна Иванова'
clients restore 'Анна Иванова'
clients add Вера
clients archive Вера
clients purge Вера
catalog rooms add Синий
catalog rooms edit Синий --location Центр --new
catalog rooms rename Синий Красный
catalog rooms archive Красный
config set refusal_months 6
config unset refusal_months
import-csv {folder}/clients.csv
payments import {folder}/payments.csv
lessons import {folder}/lessons.csv
db backup {folder}/copy.db
db export {folder}/out
db import {folder}/out --db {folder}/back.db
db anonymise --output {folder}/shown.db
db compact
db restore {folder}/copy.db
init
"""
"""Every command that changes something, on the days that stand between the lines; `{folder}` holds files to import."""

OF_WHOM = {
    "clients show": "1",
    "clients contact list": "1",
    "clients file list": "1",
    "students show": "1",
    "groups show": "1",
    "subscription show": "1",
    "status history": "1",
    "status explain": "1",
    "report reconciliation": "1",
    "report forecast": "1",
    "report journal": "1",
}
"""The lists and reports that are about somebody, and about whom."""
