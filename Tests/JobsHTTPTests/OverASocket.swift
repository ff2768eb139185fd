import Testing

/// The tests over a socket. They run one at a time, since each runs a server and some send much
/// data.
@Suite("Over a socket", .serialized)
enum OverASocket {}
