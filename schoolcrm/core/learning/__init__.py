"""Groups, the schedule, lessons, attendance, freezes, holidays."""
