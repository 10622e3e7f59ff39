#!/bin/sh
# The main job on the sample school: move it in, hold lessons, take money, recompute statuses, print four reports.
# Works in ./demo; run it with `make demo`, or with an installed schoolcrm from the project's folder.
set -eu

export SCHOOLCRM_DB=demo/school.db
export SCHOOLCRM_LANG="${SCHOOLCRM_LANG:-ru}"
export SCHOOLCRM_USER=demo

rm -rf demo
mkdir demo

run() {
    printf '\n$ schoolcrm'
    for word in "$@"; do
        case $word in
        *\ *) printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    schoolcrm "$@"
}

echo "=== 1 September: the client base moves in ==="
export SCHOOLCRM_TODAY=2026-09-01
run import-csv examples/clients.csv --new-fields

echo
echo "=== September: a schedule, a subscription on credit, lessons, money ==="
run schedule add 'Робо 1' --days sat --at 10:00 --minutes 90 --from 2026-09-01
run subscription plans add 'Робо 8 занятий' --kind package --price 6000 --lessons 8 --length 4m
run subscription sell 'Медведева Варвара' 'Робо 8 занятий' --pay 3000 --account Карта

export SCHOOLCRM_TODAY=2026-09-05
run lessons hold 'Робо 1' --all-present --topic 'Знакомство с набором'
export SCHOOLCRM_TODAY=2026-09-12
run lessons hold 'Робо 1' --all-present --absent 'Медведева Варвара:УП,Никитин Лев'
run payments add 'Никитина Наталья Игоревна' 1800 --account Наличные
export SCHOOLCRM_TODAY=2026-09-19
run lessons hold 'Робо 1' --all-present

echo
echo "=== 20 September: statuses, as cron does at night ==="
export SCHOOLCRM_TODAY=2026-09-20
run status recompute

echo
echo "=== The four reports ==="
run report reconciliation 'Медведева Светлана'
run report forecast 'Медведева Светлана'
run report journal 'Медведева Светлана'
run report debtors --at-least 1500

echo
echo "The sample school is in demo/school.db: try 'schoolcrm --db demo/school.db clients list'."
