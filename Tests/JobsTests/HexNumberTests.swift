import Testing

@testable import Jobs

@Suite("Hexadecimal numbers of 128 bits")
struct HexNumberTests {
    @Test(
        "32 lower-case digits are read and written back",
        arguments: [
            ("00000000000000000000000000000000", 0, 0),
            ("00000000000000000000000000000001", 0, 1),
            ("00000000000000010000000000000000", 1, 0),
            ("ffffffffffffffffffffffffffffffff", .max, .max),
            ("0123456789abcdeffedcba9876543210", 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210),
            ("80000000000000007fffffffffffffff", 1 << 63, .max >> 1),
        ] as [(String, UInt64, UInt64)])
    func form(text: String, high: UInt64, low: UInt64) {
        let number = HexNumber(text)

        #expect(number == HexNumber(high: high, low: low))
        #expect(number?.text == text)
        #expect(HexNumber(high: high, low: low).text == text)
    }

    @Test("each digit is read and written at each place")
    func everyDigit() {
        for place in 0..<32 {
            for digit in "0123456789abcdef" {
                let text =
                    String(repeating: "0", count: place) + String(digit)
                    + String(repeating: "f", count: 31 - place)

                #expect(HexNumber(text)?.text == text)
            }
        }
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "0", "0123456789abcdef", "0123456789abcdeffedcba987654321",
            "0123456789abcdeffedcba98765432100", "0123456789ABCDEFFEDCBA9876543210",
            "0123456789abcdeffedcba987654321F", "0123456789abcdeffedcba987654321g",
            "0123456789abcdeffedcba987654321 ", "-123456789abcdeffedcba9876543210",
            "+123456789abcdeffedcba9876543210", "0x23456789abcdeffedcba9876543210",
            "01234567-89ab-cdef-fedc-ba9876543210", "０123456789abcdeffedcba9876543",
            "0123456789abcdeffedcba98765432é", "0123456789abcdeffedcba987654321\0",
            "/123456789abcdeffedcba9876543210", ":123456789abcdeffedcba9876543210",
            "`123456789abcdeffedcba9876543210", "@123456789abcdeffedcba9876543210",
        ])
    func refused(text: String) {
        #expect(HexNumber(text) == nil)
    }

    @Test("numbers are in the order of their texts")
    func order() {
        let numbers = [0, 1, 9, 10, 15, 16, UInt64.max >> 1, 1 << 63, .max].flatMap { high in
            [0, 1, 10, 1 << 63, UInt64.max].map { HexNumber(high: high, low: $0) }
        }

        for left in numbers {
            for right in numbers {
                #expect((left < right) == (left.text < right.text))
                #expect((left == right) == (left.text == right.text))
            }
        }
    }
}
