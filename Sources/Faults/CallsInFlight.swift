#if FAULTS
  import Glibc
  import Synchronization

  /// Counts the calls that have left and whose answers are not in hand, in a page of memory that outlives the process:
  /// whoever kills it can read afterwards what it had on the wire.
  package enum CallsInFlight {
    package static func left() { change(by: 1) }
    package static func answered() { change(by: -1) }

    private static func change(by step: Int64) {
      page.withLock { page in
        if let page { page.pointee += step }
      }
    }

    /// The lock is what makes the pointer safe to share.
    private static let page = Mutex<UnsafeMutablePointer<Int64>?>(map())

    private static func map() -> UnsafeMutablePointer<Int64>? {
      guard let path = FaultEnvironment[FaultEnvironment.flight] else { return nil }
      let file = open(path, O_RDWR)
      guard file >= 0 else { return nil }
      defer { close(file) }
      let page = mmap(nil, MemoryLayout<Int64>.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
      return page == MAP_FAILED ? nil : page?.assumingMemoryBound(to: Int64.self)
    }
  }
#else
  package enum CallsInFlight {
    package static func left() {}
    package static func answered() {}
  }
#endif
