"""A sample school to try the program on: people, timetable, weeks of lessons and money, all before the day it is made.

It is made through the operations that a desk uses, each on its day, so that every rule holds in it.
"""
