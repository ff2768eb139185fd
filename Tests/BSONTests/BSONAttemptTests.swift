import BSON
import Testing

@Suite struct BSONAttemptTests {
    private struct Refusal: Error {}

    @Test("an attempt that throws leaves no trace in a document, however deep it was")
    func documents() throws {
        let document = BSONDocument { builder in
            builder.append("before", 1)
            #expect(throws: Refusal.self) {
                try builder.attempt { builder in
                    builder.append("half", "done")
                    try builder.document("outer") { outer in
                        try outer.array("list") { list in
                            list.append(1)
                            try list.document { inner in
                                inner.append("deep", true)
                                throw Refusal()
                            }
                        }
                    }
                }
            }
            builder.append("after", 2)
        }

        let expected = BSONDocument {
            $0.append("before", 1)
            $0.append("after", 2)
        }
        #expect(document == expected)
    }

    @Test("an attempt that throws leaves neither an element nor a gap in an array")
    func arrays() throws {
        let document = BSONDocument { builder in
            builder.array("list") { list in
                for number in 0..<12 {
                    try? list.attempt { list in
                        list.append(number)
                        if !number.isMultiple(of: 3) { throw Refusal() }
                    }
                }
            }
        }

        let expected = BSONDocument {
            $0.array("list") { list in for number in [0, 3, 6, 9] { list.append(number) } }
        }
        #expect(document == expected)
        _ = try BSONDocument(checking: Array(document.bytes))
    }

    @Test("text as bytes is a string")
    func text() {
        let text = BSONDocument { $0.append("text", BSONUTF8(Array("xä\0y".utf8)[1...])) }

        #expect(text == BSONDocument { $0.append("text", "ä\0y") })
    }
}
