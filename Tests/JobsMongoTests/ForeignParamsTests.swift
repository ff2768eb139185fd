import BSON
import JSON
import Jobs
import Testing

@testable import JobsMongo

/// `params` of other programs, with types that JSON lacks.
@Suite("Foreign params")
struct ForeignParamsTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let value: BSONLiteral
        let json: String
        var testDescription: String { json }

        init(_ value: any BSONEncodable & Sendable, _ json: String) {
            self.value = .value(value)
            self.json = json
        }
    }

    @Test(
        "types that JSON lacks become equivalent texts",
        arguments: [
            Sample(BSONDate(milliseconds: 1_591_610_400_123), #""2020-06-08T10:00:00.123Z""#),
            Sample(BSONDate(milliseconds: .max), #""9999-12-31T23:59:59.999Z""#),
            Sample(Raw(.objectID, Array(1...12)), #""0102030405060708090a0b0c""#),
            Sample(BSONBinary(bytes: Array("jobs".utf8)), #""am9icw==""#),
            Sample(BSONBinary(subtype: 4, bytes: Array(0..<16)), #""AAECAwQFBgcICQoLDA0ODw==""#),
            Sample(
                BSONTimestamp(seconds: 1_591_610_400, increment: 7), #""2020-06-08T10:00:00.000Z""#),
            Sample(Raw(.regularExpression, "a.*\"b\0im\0"), #""/a.*\"b/im""#),
            Sample(Raw(.code, "\u{3}\0\0\0f\n\0"), #""f\n""#),
            Sample(Raw(.symbol, "\u{4}\0\0\0sym\0"), #""sym""#),
            Sample(Raw(.undefined, ""), "null"),
            Sample(Raw(.minimumKey, ""), "null"),
            Sample(BSONNull(), "null"),
        ])
    func texts(sample: Sample) {
        #expect(json([sample.value]) == "[\(sample.json)]")
    }

    @Test(
        "numbers keep their value",
        arguments: [
            Sample(Int32.min, "-2147483648"), Sample(Int64.max, "9223372036854775807"),
            Sample(3_000_000_000.0, "3000000000"),
            Sample(9_007_199_254_740_992.0, "9007199254740992"),
            Sample(-3_000_000_000.0, "-3000000000"), Sample(0.1, "0.1"), Sample(1e22, "1e+22"),
            Sample(Double.leastNonzeroMagnitude, "5e-324"), Sample(-0.0, "-0.0"),
            Sample(2.5, "2.5"),
            Sample(Double.nan, "null"), Sample(Double.infinity, "null"),
            Sample(-Double.infinity, "null"),
        ])
    func numbers(sample: Sample) {
        #expect(json([sample.value]) == "[\(sample.json)]")
    }

    @Test(
        "decimals become numbers",
        arguments: [
            (0x3040_0000_0000_0000, 0, "0"), (0xB040_0000_0000_0000, 0, "-0"),
            (0x3040_0000_0000_0000, 1, "1"), (0xB040_0000_0000_0000, 1, "-1"),
            (0x303E_0000_0000_0000, 1, "0.1"), (0x303E_0000_0000_0000, 15, "1.5"),
            (0x303C_0000_0000_0000, 1900, "19.00"), (0x3034_0000_0000_0000, 1234, "0.001234"),
            (0x3032_0000_0000_0000, 1, "1E-7"), (0x3030_0000_0000_0000, 123, "0.00000123"),
            (0x302E_0000_0000_0000, 12, "1.2E-8"),
            (0x3046_0000_0000_0000, 1, "1E+3"), (0x3042_0000_0000_0000, 15, "1.5E+2"),
            (0x3040_3CDE_6FFF_9732, 0xDE82_5CD0_7E96_AFF2, "1234567890123456789012345678901234"),
            (
                0x5FFF_ED09_BEAD_87C0, 0x378D_8E63_FFFF_FFFF,
                "9.999999999999999999999999999999999E+6144"
            ),
            (0x7C00_0000_0000_0000, 0, "null"), (0x7800_0000_0000_0000, 0, "null"),
            (0xF800_0000_0000_0000, 0, "null"),
            // A non-canonical form, or a value too large for it: both count as 0.
            (0x6C10_0000_0000_0000, 0, "0"), (0x3041_ED09_BEAD_87C0, 0x378D_8E64_0000_0000, "0"),
        ] as [(UInt64, UInt64, String)])
    func decimals(high: UInt64, low: UInt64, expected: String) {
        let bytes = [low, high].flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }

        #expect(json([.value(Raw(.decimal128, bytes))]) == "[\(expected)]")
    }

    @Test("everything may be nested")
    func nested() {
        let params: BSONLiteral = [
            "a\"b": [["at": .value(BSONDate(milliseconds: 0))], .null, [:], []],
            "": ["$x": .value(1.5)],
        ]

        #expect(
            json(params)
                == #"{"a\"b":[{"at":"1970-01-01T00:00:00.000Z"},null,{},[]],"":{"$x":1.5}}"#)
    }

    @Test("null counts as no params")
    func none() {
        #expect(json(.null) == nil)
        #expect(json(.value(Raw(.undefined, ""))) == nil)
    }

    /// The params of a job whose document has this value.
    private func json(_ params: BSONLiteral) -> String? {
        let document = BSONDocument(["params": params])
        return JobDocument(document).job.params?.description
    }
}

/// A value of a type that the service never writes.
private struct Raw: BSONEncodable, Sendable {
    let bsonType: BSONType
    let bytes: [UInt8]

    init(_ type: BSONType, _ bytes: [UInt8]) {
        bsonType = type
        self.bytes = bytes
    }

    init(_ type: BSONType, _ text: String) {
        self.init(type, Array(text.utf8))
    }

    func appendBSON(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
}
