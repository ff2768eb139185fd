import Jobs
import Testing

@Suite("Keys of errors")
struct ErrorKeyTests {
    @Test(
        "numbers, ids and quoted parts are taken out",
        arguments: [
            ("Timeout", "Timeout"),
            ("timeout after 30 s", "timeout after # s"),
            ("timeout after 30s, limit 5.5s", "timeout after #s, limit #s"),
            ("order 17 not found", "order # not found"),
            ("order17 not found", "order# not found"),
            ("status 503", "status #"), ("status: 5xx", "status: #xx"),
            ("E11000 duplicate key", "E# duplicate key"),
            ("10.0.0.1:8080 refused", "# refused"),
            ("at 2026-11-24 12:00:05.123 it stopped", "at # it stopped"),
            ("items 1, 2 and 3", "items # and #"), ("items [1, 2, 3]", "items [#]"),
            ("job 550e8400-e29b-41d4-a716-446655440000 failed", "job # failed"),
            ("job 550E8400-E29B-41D4-A716-446655440000", "job #"),
            ("job 01a20c9e329d7346bfc5087a31cac110", "job #"),
            ("at 0x7ffe12ab", "at #"), ("commit 1a2b3c4", "commit #"),
            ("key cus_9f8Xk2 of sha256", "key cus_# of sha#"),
            (#"user "ann" unknown"#, "user # unknown"), ("user 'ann b' unknown", "user # unknown"),
            ("no `x` in «y» or “z” or ‘w’", "no # in # or # or #"),
            (#""a \" b" c"#, "# c"), ("don't, can't", "don't, can't"),
            ("'don't' said 'no'", "# said #"),
            ("  a \n\t b\u{0}c  ", "a b c"), ("straße ä7", "straße ä#"),
            ("число ١٢٣", "число #"), ("💥 12 👩‍👩‍👧 x", "💥 # 👩‍👩‍👧 x"),
            ("deadbeef beef", "deadbeef beef"), ("#5", "##"),
        ])
    func keys(message: String, key: String) {
        #expect(ErrorKey.of(AttemptError(message: message)) == key)
    }

    @Test(
        "a quote that does not end is kept, as are the words behind it",
        arguments: [
            (#"unexpected " in line 5"#, #"unexpected " in line #"#),
            ("it's 'so", "it's 'so"), (#"'a" `b "c'"#, "#"), (#"a "b 'c d"#, #"a "b 'c d"#),
            (#"\"x\" 1"#, #"\"x\" #"#), ("“a 5", "“a #"), ("a” 5", "a” #"), ("\"", "\""),
            ("''", "#"), (#""""#, "#"), (#"""""#, "#\""),
        ])
    func openQuotes(message: String, key: String) {
        #expect(ErrorKey.of(AttemptError(message: message)) == key)
    }

    @Test(
        "the key is never empty",
        arguments: [
            (AttemptError(message: "12345"), "#"), (AttemptError(message: "1 2 3"), "#"),
            (AttemptError(type: "Timeout"), "Timeout"),
            (AttemptError(type: "Timeout", message: " \n"), "Timeout"),
            (AttemptError(type: "E5", message: ""), "E#"), (AttemptError(type: ""), "unknown"),
            (nil, "unknown"), (AttemptError(message: "\u{0}"), "unknown"),
        ] as [(AttemptError?, String)])
    func fallbacks(error: AttemptError?, key: String) {
        #expect(ErrorKey.of(error) == key)
    }

    @Test("a key has at most 200 scalars, and no half of one")
    func length() {
        for part in ["a", "ä", "👩‍👩‍👧", "x ", "\u{301}", "("] {
            let message = String(repeating: part, count: 4000)
            let key = ErrorKey.of(AttemptError(message: message))
            #expect((199...200).contains(key.unicodeScalars.count), "\(part)")
            #expect(
                message.hasPrefix(key) || message.unicodeScalars.starts(with: key.unicodeScalars))
        }
        #expect(ErrorKey.of(AttemptError(message: String(repeating: "7", count: 4000))) == "#")
        #expect(ErrorKey.of(AttemptError(message: String(repeating: "7 ,", count: 1300))) == "# ,")
    }

    @Test(
        "a key of a key is the key, so it can be looked for",
        arguments: ["order 17: \"ann\" not found after 3.2 s", "a 'b", "x 5x 5x5"])
    func stable(message: String) {
        let key = ErrorKey.of(AttemptError(message: message))
        #expect(ErrorKey.of(AttemptError(message: key)) == key)
    }

    @Test(
        "hostile messages take linear time",
        arguments: ["\"'`", "'a ", "\"\\", "a-", "1,", "“‘«", "0a", "f-0123456", "\u{0} "])
    func hostile(part: String) {
        // A cut message has 4,000 scalars; a search to the end from each of them would be 16
        // million.
        let message = String(repeating: part, count: 4000)
        let clock = ContinuousClock()
        let time = clock.measure {
            for _ in 0..<10 { _ = ErrorKey.of(AttemptError(message: message)) }
        }
        #expect(time < .seconds(5))
    }
}
