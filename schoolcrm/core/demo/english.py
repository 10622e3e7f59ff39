"""The sample school in English."""

from schoolcrm.core.demo.russian_names import words
from schoolcrm.core.demo.words import Course, Desk, People, PlanNames, Words

_SURNAMES = words(
    """Adams Allen Bailey Baker Barnes Bennett Brooks Butler Campbell Carter Clarke Collins Cooper Cox Davies Dixon
    Edwards Ellis Evans Fisher Foster Gibson Graham Grant Green Griffiths Hamilton Harris Harvey Hill Holmes Hughes
    Hunter Jackson James Jenkins Kelly Knight Lewis Marshall Mason Mills Mitchell Moore Morgan Murphy Owen Palmer
    Parker Phillips Powell Price Reid Reynolds Richards Rogers Russell Scott Shaw Simpson Stevens Taylor Thompson
    Turner Walker Watson Wood"""
)
_BOYS = words("Adam Arthur Ben Charlie Daniel Edward Finn George Harry Isaac Jack Leo Luke Max Noah Oscar Theo")
_GIRLS = words("Alice Amelia Chloe Daisy Ella Erin Eva Freya Grace Holly Isla Lily Mia Poppy Ruby Sophie Zara")
_FATHERS = words("Andrew Anthony Chris David Gareth James Mark Paul Peter Simon Stephen")
_MOTHERS = words("Amy Catherine Claire Emma Hannah Helen Jane Karen Laura Nicola Rachel Sarah")


def _named(surname: str, first: str, _woman: bool) -> str:
    return f"{first} {surname}"


ENGLISH = Words(
    # Numbers that are kept for drama: nobody has them.
    people=People(_SURNAMES, _BOYS, _GIRLS, _FATHERS, _MOTHERS, _named, "+447700900{:03d}", 1_000, ("dad", "grandma")),
    courses=(
        Course(
            "Robotics",
            ("Paul Hartley", "Ingrid Novak"),
            (
                "Meeting the kit, a first build",
                "Simple machines: levers and pulleys",
                "Gears",
                "Motors and speed",
                "The distance sensor",
                "The colour sensor, following a line",
                "Loops and conditions",
                "A sorting robot",
                "Getting ready for the contest",
                "The contest of the group",
            ),
        ),
        Course(
            "English",
            ("Vera Lindqvist", "Maya Osborne"),
            (
                "Telling a story in order",
                "Describing a place",
                "Characters and what they want",
                "Dialogue and its punctuation",
                "Reading aloud",
                "Facts and opinions",
                "A letter to the editor",
                "Poems with a beat",
                "Planning an essay",
                "Review and a word game",
            ),
        ),
        Course(
            "Dance",
            ("Jeanne Whitlock", "Roman Bielski"),
            (
                "Warm-up, rhythm and counting",
                "Posture and positions",
                "Jumps and turns",
                "A phrase of sixteen counts",
                "Working in pairs",
                "Floor work",
                "The show: opening",
                "The show: middle part",
                "Run-through of the show",
                "Open lesson for parents",
            ),
        ),
    ),
    levels=("Beginner", "Intermediate", "Advanced"),
    locations=("High Street", "Riverside"),
    rooms=("Lab", "Room 2", "Studio", "Riverside room"),
    groups=(
        *("Robo 1", "Robo 2", "Arduino Club", "Young Readers", "Young Writers", "Essay Club"),
        *("Mini Dance", "Dance 7-9", "Dance 10+"),
    ),
    sources=("Website", "Word of mouth", "Facebook", "Street sign", "Open day"),
    managers=("Olivia", "Duncan"),
    bank="Bank transfer",
    plans=PlanNames("Single lesson", "Pack of 8 lessons", "Robotics course, 12 lessons", "Dance, month", "One to one"),
    district="District",
    districts=("Town centre", "Riverside", "North End"),
    school="School",
    schools=("St Mary's", "Oakfield Primary", "Riverside Academy", "Hilltop School", "Acorn Nursery"),
    holiday="Staff training day",
    break_name="Half-term break",
    client_notes=(
        "Text rather than call",
        "Pays at the start of the month, receipt by email",
        "Would like a place nearer to six o'clock",
        "Ask about the younger daughter: wanted to dance",
    ),
    student_notes=("Allergic to nuts", "Grandma picks up", "Walks home alone", "Needs a letter for school"),
    homework=("Learn the words of the lesson", "Exercises 3 and 4", "Half a page about yourself", "Read chapter two"),
    grades=("A", "B", "C"),
    scores=(5200, 9800),
    filter_name="Call about a subscription",
    desk=Desk(
        remind_debt="Remind about the debt",
        order_kits="Send the list of parts for the kit at home",
        certificate="Write a letter for the school",
        offer_group="Offer a place in the new group",
        parent_meeting="Invite to a talk with the teacher",
        offer_plan="Offer a subscription after the trial",
        called_about_misses="Missed two weeks; mum says they prepare for a contest and will be back.",
        wrote_about_pay="Reminded about the payment, promised to pay by the end of the week.",
        asked_for_bill="Asked for an invoice to the company.",
        praised="Dad is happy with the teacher, wants to bring the younger one.",
        left_for="Went to a club nearer home.",
        will_think="Thinking it over, comparing with the club at school.",
        after_holidays="Would like a place from next month.",
        too_far="Too far to travel",
        moved_away="Moved to another town",
        asked_to_forget="Asked to be forgotten",
        no_evening_place="No place in the evening, waiting for a group",
        hall_for_rent="Asked whether the studio can be rented",
        teacher_wanted="Sent a CV: chess teacher",
        form_of_site="Form on the website: robotics, 8 years old",
        contract_terms="Payment by the 5th; lessons missed through illness are free",
        contract_file="application.txt",
        contract_text="Please enrol my child. I have read the rules of the centre.\n",
        sibling_discount="Second child of the family",
        loyal_discount="Third year with us",
        costume="Costume for the show",
        kit="Kit of parts for home",
        refund_note="Refund of lessons not used",
        adjustment_note="Present for bringing a friend",
        typed_twice="Recorded twice",
        illness="Illness, with a doctor's note",
        family_trip="Family away",
        teacher_ill="The teacher is ill",
        makes_up="Makes up for a missed lesson",
        well_done="Did more than was asked",
    ),
)
