import Foundation
import Testing

@testable import actorctl

@Suite("The state folder")
struct StateDirectoryTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func failure(_ path: String) -> CommandFailure? {
    do throws(CommandFailure) { _ = try StateDirectory.claim(path) } catch { return error }
    return nil
  }

  @Test func `is made for its owner alone`() throws {
    let directory = try StateDirectory.claim(folder.file("a/b/state"))
    let mode = try FileManager.default.attributesOfItem(atPath: directory.path)[.posixPermissions] as? Int
    #expect(mode == 0o700)
  }

  @Test func `serves one fleet at a time`() throws {
    let path = folder.file("state")
    var held: StateDirectory? = try StateDirectory.claim(path)
    #expect(held?.path == path)
    #expect(failure(path)?.code == .configuration)
    held = nil
    #expect(failure(path) == nil)
  }

  @Test func `a second fleet of the same application gets a folder of its own by default`() throws {
    let environment = ["XDG_RUNTIME_DIR": folder.path]
    let first = try StateDirectory.claimDefault(for: "/opt/App", workingDirectory: "/srv", environment: environment)
    let second = try StateDirectory.claimDefault(for: "/opt/App", workingDirectory: "/srv", environment: environment)
    #expect(first.path.hasPrefix("\(folder.path)/troupe/App-"))
    #expect(second.path == first.path + "-2")
  }

  @Test func `differs by the folder that the fleet is started from`() {
    #expect(StateDirectory.name(of: "/opt/App", in: "/a") != StateDirectory.name(of: "/opt/App", in: "/b"))
    #expect(StateDirectory.name(of: "/opt/My App", in: "/a").hasPrefix("My_App-"))
  }

  @Test func `is refused when others may write to it`() throws {
    let path = folder.file("open")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
    #expect(failure(path)?.code == .configuration)
  }

  @Test func `is refused when it is a link`() throws {
    try FileManager.default.createDirectory(atPath: folder.file("real"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file("real"))
    #expect(failure(folder.file("link"))?.code == .configuration)
  }
}
