import AsyncHTTPClient
import HummingbirdTesting
import Testing

@Test func placeholder() {}
