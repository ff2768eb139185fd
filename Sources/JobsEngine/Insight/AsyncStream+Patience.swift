extension AsyncStream where Element: Sendable {
    /// The first element; `nil` if there is none within `patience`, or before the task is
    /// cancelled.
    func first(within patience: Duration) async -> Element? {
        await withTaskGroup(of: Element?.self) { group in
            group.addTask { await self.first { _ in true } }
            group.addTask {
                try? await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
