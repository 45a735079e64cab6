import Postgres
import SettlePipeline
import Testing

@testable import settle

@Suite struct DatabaseSourceTests {
  private static func source(_ values: [String: String]) -> DatabaseSource {
    DatabaseSource(Environment(values), home: "/home")
  }

  @Test(arguments: [
    (["DATABASE_URL": "postgresql://h/d", "PGHOST": "x"], DatabaseSource.address("postgresql://h/d")),
    (["PGHOST": "x", "PGPORT": "5433"], .libpqVariables(["PGHOST": "x", "PGPORT": "5433"])),
    (["PGDATABASE": "d"], .libpqVariables(["PGDATABASE": "d"])),
    (["PGSERVICE": "s"], .libpqVariables(["PGSERVICE": "s"])),
    (["DATABASE_URL": "", "PGHOST": ""], .privateCluster(home: "/home")),
    (["PGSSLMODE": "require", "PGDATA": "/d", "PGTZ": "UTC"], .privateCluster(home: "/home")),
    ([:], .privateCluster(home: "/home")),
  ])
  func theFirstThatIsSetCounts(values: [String: String], source: DatabaseSource) {
    #expect(Self.source(values) == source)
  }

  @Test(arguments: [
    (
      ["DATABASE_URL": "postgresql://me:s3cret@db.example:5433/pay"],
      "postgresql:///pay?host=db.example&port=5433&user=me"
    ),
    (["DATABASE_URL": "host=db user=me password=s3cret dbname='my pay'"], "postgresql:///my%20pay?host=db&user=me"),
    (
      ["DATABASE_URL": "postgresql://db/pay?password=s3cret&sslmode=require"],
      "postgresql:///pay?host=db&sslmode=require"
    ),
    (["PGHOST": "/run/pg", "PGDATABASE": "pay", "PGPASSWORD": "s3cret"], "postgresql:///pay?host=%2Frun%2Fpg"),
  ])
  func theAddressIsShownWithoutPassword(values: [String: String], url: String) throws {
    #expect(try Self.source(values).url() == url)
  }

  @Test func anAddressThatIsNoneIsNotRepeated() {
    #expect {
      _ = try Self.source(["DATABASE_URL": "postgresql://me:s3cret%zz@db/pay"]).url()
    } throws: { error in !"\(error)".contains("s3cret") && Ending(error).status == .configuration }
  }

  @Test func onlyOurOwnServerIsOursToStop() {
    #expect {
      _ = try Self.source(["PGHOST": "x"]).ownCluster(to: "stop")
    } throws: { error in
      "\(error)"
        == "the PG* variables names a database that is not settle's own to stop: unset it to use the private one"
    }
  }
}
