"""Checks that the public clients of the protocol work with the service.

    python3 Tests/compatibility/clients URL

URL is where the service listens. Its store is emptied again and again.
"""

import argparse
import sys
import unittest

import adding
import errors
import finishing
import lists
import starting
from sdks import SDK, Version3, Version4

CASES: list[type] = [
    adding.Adding,
    adding.AddingUnique,
    starting.Starting,
    finishing.Finishing,
    finishing.Removing,
    finishing.System,
    lists.Filters,
    lists.Pages,
    errors.Errors,
]


def tests(sdk: SDK, cases: list[type]) -> unittest.TestSuite:
    names = unittest.TestLoader().getTestCaseNames
    return unittest.TestSuite(case(name, sdk) for case in cases for name in names(case))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    url = parser.parse_args().url.rstrip("/")
    suite = unittest.TestSuite(
        [
            tests(Version3(url), [*CASES, errors.CorrelationIDs]),
            tests(Version4(url), [*CASES, errors.TraceIDs]),
        ]
    )
    result = unittest.TextTestRunner(descriptions=False).run(suite)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
