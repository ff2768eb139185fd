/// How long names may be. Stores and waiting claims keep them in indexes and tables, where a name of
/// a megabyte costs others.
extension Job {
    /// The most bytes of UTF-8 of a ``type``.
    public static let maximumTypeBytes = 1024
    /// The most bytes of UTF-8 of a ``refID``.
    public static let maximumRefIDBytes = 4096
    /// The most bytes of UTF-8 of an ``id``. There is no job with a longer one.
    public static let maximumIDBytes = 1024
}
