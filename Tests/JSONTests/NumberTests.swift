import JSON
import Testing

@Suite("JSON numbers")
struct NumberTests {
    @Test(
        "a valid number is accepted to its last digit",
        arguments: [
            "0", "-0", "1", "-1", "9", "10", "1234567890", "0.0", "-0.0", "0.5", "1.50", "10.01",
            "1e1", "1E1", "1e+1", "1E+1", "1e-1", "1E-1", "0e0", "0E+00", "-0e-0", "1.5e300",
            "1e400", "-1e400", "1e-400", "9223372036854775807", "-9223372036854775808",
            "9223372036854775808", "12345678901234567890123", "0.10000000000000000555", "1e00007",
            "100000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        ])
    func accepted(text: String) throws {
        for (before, after) in [("", ""), ("[", "]"), ("{\"a\":", "}"), ("[0,", " ]")] {
            for depth in recordedDepths {
                #expect(refusal(of: (before + text + after).utf8, recordedDepth: depth) == nil)
            }
        }
        #expect(try outline(text).root.text.description == text)
        #expect(try outline("[\(text)]").root.elements[0].text.description == text)
    }

    @Test(
        "an invalid number is refused where it becomes invalid",
        arguments: [
            ("00", 1), ("01", 1), ("-01", 2), ("-00", 2), ("012", 1), ("-x", 1), ("--1", 1),
            ("-+1", 1), ("-.5", 1), ("-e1", 1), ("- 1", 1), ("1.x", 2), ("1.e1", 2), ("1.]", 2),
            ("1..2", 2), ("0.-1", 2), ("1ex", 2), ("1e.5", 2), ("1e+x", 3), ("1e+-1", 3),
            ("1e ", 2),
            ("1ee1", 2), ("-Infinity", 1), ("-NaN", 1), ("00.5", 1), ("01e1", 1),
        ])
    func refused(text: String, offset: Int) {
        for depth in recordedDepths {
            let alone = refusal(of: text.utf8, recordedDepth: depth)
            let inside = refusal(of: "[\(text)]".utf8, recordedDepth: depth)

            #expect(alone?.reason == .invalidNumber)
            #expect(alone?.offset == offset)
            #expect(inside?.reason == .invalidNumber)
            #expect(inside?.offset == offset + 1)
        }
    }

    @Test(
        "as an integer, a fraction is rounded up, and a value out of range is clamped",
        arguments: [
            ("0", 0), ("-0", 0), ("-0.0", 0), ("5", 5), ("-5", -5), ("5.0", 5), ("5e3", 5000),
            ("5E+3", 5000), ("5000e-3", 5), ("5.5", 6), ("5.0000001", 6), ("-5.5", -5), ("0.1", 1),
            ("-0.1", 0), ("-0.9", 0), ("1e-300", 1), ("-1e-300", 0), ("1.5", 2),
            ("9007199254740993", 9_007_199_254_740_993), ("1e18", 1_000_000_000_000_000_000),
            ("9223372036854775807", .max), ("9223372036854775806", .max - 1),
            ("9223372036854775808", .max), ("-9223372036854775808", .min),
            ("-9223372036854775807", .min + 1), ("-9223372036854775809", .min),
            ("9223372036854775807.0", .max), ("-9223372036854775808.0", .min), ("1e19", .max),
            ("-1e19", .min), ("1e308", .max), ("1e400", .max), ("-1e400", .min),
            ("1e99999999999", .max), ("-1e99999999999", .min), ("0e99999999999", 0),
            ("12345678901234567890123", .max), ("-12345678901234567890123", .min),
        ] as [(String, Int64)])
    func integer(text: String, integer: Int64) throws {
        #expect(try outline(text).root.integer == integer)
        #expect(try outline("[\(text)]").root.elements[0].integer == integer)
    }

    @Test("a number of a hundred thousand digits is clamped")
    func long() throws {
        let digits = String(repeating: "9", count: 100_000)

        #expect(try outline(digits).root.integer == .max)
        #expect(try outline("-" + digits).root.integer == .min)
        #expect(try outline("0." + digits).root.integer == 1)
        #expect(try outline("1e" + digits).root.integer == .max)
    }

    @Test("a number with an extreme exponent is accepted, and clamped as an integer")
    func extremes() throws {
        let zeros = String(repeating: "0", count: 400)
        let ends = [
            "9223372036854775806", "9223372036854775807", "9223372036854775808",
            "18446744073709551616", String(repeating: "9", count: 100),
        ]
        for end in ends {
            for zero in ["0", "0.0", "-0", "-0.\(zeros)"] {
                for mark in ["e", "E+", "e-"] {
                    #expect(try outline(zero + mark + end).root.integer == 0)
                }
            }
            for digits in ["1", "1.\(zeros)", "9.99", "12\(zeros)", "0.1"] {
                #expect(try outline("\(digits)e\(end)").root.integer == .max)
                #expect(try outline("-\(digits)e\(end)").root.integer == .min)
                // A value above 0 is rounded up to 1, unless it underflows to 0 as a double.
                let tiny = try #require(try outline("\(digits)e-\(end)").root.integer)
                #expect((0...1).contains(tiny))
                #expect(try outline("-\(digits)e-\(end)").root.integer == 0)
            }
        }
        #expect(try outline("1\(zeros)e-400").root.integer == 1)
        #expect(try outline("0.\(zeros)1e401").root.integer == 1)
    }

    @Test("only a number is an integer", arguments: [#""5""#, "true", "null", "[5]", "{}"])
    func others(text: String) throws {
        #expect(try outline(text).root.integer == nil)
    }

    @Test("a double is rounded up and clamped to the range of integers")
    func clamping() {
        #expect(Int64(clampingCeiling: 1.000001) == 2)
        #expect(Int64(clampingCeiling: -1.9) == -1)
        #expect(Int64(clampingCeiling: .infinity) == .max)
        #expect(Int64(clampingCeiling: -.infinity) == .min)
        #expect(Int64(clampingCeiling: 9_223_372_036_854_775_808) == .max)
        #expect(Int64(clampingCeiling: -9_223_372_036_854_775_808) == .min)
        #expect(Int64(clampingCeiling: 9_223_372_036_854_774_784) == 9_223_372_036_854_774_784)
        #expect(Int64(clampingCeiling: .nan) == 0)
        #expect(Int64(clampingCeiling: .leastNonzeroMagnitude) == 1)
    }
}
