#!/usr/bin/env python3
"""gdb on a living process: the list, stacks, locals, what is running; and no harm done."""
import os
import re
import unittest

from support import FRAME, SHARED, STATIC, Parked, named, rows, stacks


WAYS = ((STATIC, {}), (SHARED, {}), (SHARED, {"SLUICE_DEBUG": "1"}))


class Live(unittest.TestCase):

    def test_list(self):
        for program, environment in WAYS:
            with self.subTest(program=program, **environment), \
                    Parked(program, 3, **environment) as parked:
                self.check_list(parked)

    def check_list(self, parked):
        listing = parked.gdb("info goroutines")
        found = rows(listing)
        self.assertEqual(len(found), 7, listing)
        guests = [each for each in found.values() if "wait_for_dish" in each[1]]
        self.assertEqual(len(guests), 3, listing)
        for name, state in guests:
            self.assertEqual(name, "")
            self.assertRegex(state, r"^chan receive parked\.cpp:\d+ .*wait_for_dish, "
                                    r"started at parked\.cpp:\d+$")
        self.assertRegex(found[1][1], r"^chan receive parked\.cpp:\d+ operator\(\)$")
        self.assertRegex(found[named(listing, "cashier")][1],
                         r"^sync.Mutex.Lock parked\.cpp:\d+ operator\(\), started at parked")
        self.assertRegex(found[named(listing, "cook")][1],
                         r"^running on thread \d+ parked\.cpp:\d+ .*stir, started at parked")
        self.assertRegex(found[named(listing, "doorman")][1],
                         r"^running on thread \d+ parked\.cpp:\d+ operator\(\), started at")
        self.assertTrue(parked.ends_well())

    def test_stacks_go_to_the_root_and_the_process_goes_on(self):
        for program, environment in WAYS:
            with self.subTest(program=program, **environment), \
                    Parked(program, 3, **environment) as parked:
                self.check_stacks(parked)

    def check_stacks(self, parked):
        listing = parked.gdb("info goroutines")
        text = parked.gdb("goroutine all bt")
        found = stacks(text)
        self.assertEqual(found.keys(), rows(listing).keys(), text)
        for frames in found.values():
            self.assertRegex(frames[-1], r"^sluice_fiber_entry \(\)", text)
        seated = [frames for frames in found.values() if "wait_for_dish" in str(frames)]
        self.assertEqual(len(seated), 3, text)
        for frames in seated:
            self.assertRegex(str(frames), "Chan<int>::recv .*wait_for_dish .*seat .*operator")
        self.assertTrue(parked.ends_well())

    def test_arguments_and_locals_are_the_goroutines_own(self):
        with Parked(SHARED, 3) as parked:
            listing = parked.gdb("info goroutines")
            numbers = [number for number, row in rows(listing).items() if "wait_for_dish" in row[1]]
            values = []
            for number in numbers:
                text = parked.gdb("goroutine %d info locals" % number,
                                  "goroutine %d print doubled + 1" % number,
                                  "goroutine %d bt full" % number)
                values.append(int(re.search(r"^doubled = (\d+)$", text, re.MULTILINE)[1]))
                self.assertIn(" = %d\n" % (values[-1] + 1), text)
                self.assertIn("seat (number=%d, " % (values[-1] / 2), text)
                self.assertRegex(text, r"(?sm)^#9 .*wait_for_dish.*^        doubled = %d$"
                                 .replace("#9", r"#\d+") % values[-1])
                self.assertIn("table = %d\n" % (1000 + values[-1] / 2), text)
            self.assertEqual(sorted(values), [0, 2, 4])

    @unittest.skipUnless(os.uname().machine == "x86_64", "the order is that of x86-64")
    def test_registers_are_those_that_the_switch_saved(self):
        with Parked(SHARED, 1) as parked:
            text = parked.gdb("goroutine 2 frame apply level 1 -q info registers",
                              "goroutine 2 frame apply level 1 -q x/7gx $rsp - 56")
            registers = dict(re.findall(r"^(\w+) +(0x[0-9a-f]+)", text, re.MULTILINE))
            saved = re.findall(r"\t(0x[0-9a-f]+)", text)[-7:]
            for name, value in zip("r15 r14 r13 r12 rbx rbp rip".split(), saved):
                self.assertEqual(int(registers[name], 16), int(value, 16), name + "\n" + text)

    def test_frames_keep_their_numbers(self):
        with Parked(SHARED, 1) as parked:
            text = parked.gdb("goroutine 2 bt")
            level = next(match[1] for match in FRAME.finditer(text) if "wait_for_dish" in match[2])
            self.assertTrue(text.startswith("#1 "), text)
            self.assertIn("wait_for_dish", parked.gdb("goroutine 2 frame %s" % level))
            short = parked.gdb("goroutine 2 bt 3")
            self.assertEqual([match[1] for match in FRAME.finditer(short)], ["1", "2", "3"], short)

    def test_running_goroutine_is_its_thread(self):
        with Parked(STATIC, 1) as parked:
            listing = parked.gdb("info goroutines")
            cook = named(listing, "cook")
            thread = re.search(r"running on thread (\d+)", rows(listing)[cook][1])[1]
            text = parked.gdb("goroutine %d bt" % cook, "echo ----\\n", "thread %s" % thread, "bt")
            ours, _, threads = text.partition("----\n")
            frames = [match[2].split(" (")[0] for match in FRAME.finditer(ours)]
            self.assertIn("stir", frames[0])
            self.assertEqual([match[2].split(" (")[0] for match in FRAME.finditer(threads)][1:],
                             frames, text)

    def test_star_is_at_the_selected_thread(self):
        with Parked(STATIC, 1) as parked:
            text = parked.gdb("info goroutines")
            thread = re.search(r"running on thread (\d+)", rows(text)[named(text, "cook")][1])[1]
            text = parked.gdb("thread %s" % thread, "info goroutines")
            self.assertEqual(re.findall(r'^\*.*$', text, re.MULTILINE)[0].split()[2], '"cook"')

    def test_selection_stays_whatever_happens(self):
        with Parked(SHARED, 1) as parked:
            view = ("thread", "frame 2", "info registers rsp")
            text = parked.gdb(*view, "echo ----\\n", "goroutine 2 bt", "goroutine 2 print nonsense",
                              "goroutine all print nonsense", "echo ----\\n", "thread", "frame",
                              "info registers rsp")
            before, between, after = text.split("----\n")
            self.assertEqual(before, after.split("No symbol")[0])
            self.assertIn("wait_for_dish", between)
            self.assertEqual(text.count('No symbol "nonsense"'), 1 + len(stacks(between)), text)


if __name__ == "__main__":
    unittest.main()
