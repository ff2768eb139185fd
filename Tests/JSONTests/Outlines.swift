import JSON
import NIOCore

/// Checks bytes as the service checks a request's body.
func outline(
    bytes: some Sequence<UInt8>, recordedDepth: Int = 1,
    maximumDepth: Int = JSONOutline.maximumDepth
) throws(JSONError) -> JSONOutline {
    try JSONOutline(
        ByteBuffer(bytes: bytes), recordedDepth: recordedDepth, maximumDepth: maximumDepth)
}

func outline(
    _ text: String, recordedDepth: Int = 1, maximumDepth: Int = JSONOutline.maximumDepth
) throws(JSONError) -> JSONOutline {
    try outline(bytes: text.utf8, recordedDepth: recordedDepth, maximumDepth: maximumDepth)
}

/// The error of refused bytes, or nil if they are accepted.
func refusal(
    of bytes: some Sequence<UInt8>, recordedDepth: Int = 1,
    maximumDepth: Int = JSONOutline.maximumDepth
) -> JSONError? {
    do {
        _ = try outline(bytes: bytes, recordedDepth: recordedDepth, maximumDepth: maximumDepth)
        return nil
    } catch {
        return error
    }
}

/// Recording depths that must not affect the result: none, some and all levels of a text.
let recordedDepths = [0, 1, 2, 20]
