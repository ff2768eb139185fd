import Jobs
import Testing

@Suite("Durations in words")
struct WordsTests {
    @Test(
        "a duration is told in its largest unit",
        arguments: [
            (-5, "less than a second"), (0, "less than a second"), (999, "less than a second"),
            (1000, "1 second"), (119_999, "119 seconds"), (120_000, "2 minutes"),
            (7_199_999, "119 minutes"), (7_200_000, "2 hours"), (172_799_999, "47 hours"),
            (172_800_000, "2 days"), (Int64.max, "106751991167 days"),
        ] as [(Int64, String)])
    func words(milliseconds: Int64, text: String) {
        #expect(milliseconds.inWords == text)
    }
}
