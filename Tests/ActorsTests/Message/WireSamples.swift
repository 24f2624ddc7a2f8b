/// Bodies as dramatiq 2 wrote them on the wire.
enum WireSamples {
  static let plain =
    #"{"queue_name":"cap","actor_name":"add","args":[1,2],"kwargs":{},"options":{},"message_id":"96da672b-d65e-4e6a-a62c-68252b020797","message_timestamp":1795373184659}"#

  static let oddArguments =
    #"{"queue_name":"cap","actor_name":"add","args":["\u00e9\u2603\ud83d\ude00\"/\n\u007f",1.0],"kwargs":{"y":[1,2.5,null,true,{"k":[1,2]}],"n":NaN,"i":Infinity,"big":1180591620717411303424,"e":1e+300,"s":1e-07},"options":{},"message_id":"ba1d5b84-3a8f-4b41-9770-1329ca75ed4d","message_timestamp":1795373184676}"#

  static let delayed =
    #"{"queue_name":"cap.DQ","actor_name":"add","args":[1,2],"kwargs":{},"options":{"eta":1795373186177},"message_id":"4aaf2303-13c5-42b0-abb5-8b4dfb95a791","message_timestamp":1795373184677}"#

  static let options =
    #"{"queue_name":"cap","actor_name":"add","args":[1,2],"kwargs":{},"options":{"max_retries":3,"time_limit":1000,"broker_priority":5,"on_success":"done","pipe_ignore":true,"anything":{"a":1}},"message_id":"a63cfbfb-c4d1-4bfe-864f-af4466d00d35","message_timestamp":1795373184685}"#

  static let pipeline =
    #"{"queue_name":"cap","actor_name":"add","args":[1,2],"kwargs":{},"options":{"pipe_target":{"queue_name":"cap","actor_name":"add","args":[3],"kwargs":{},"options":{"pipe_target":{"queue_name":"cap","actor_name":"add","args":[4],"kwargs":{},"options":{"pipe_ignore":true,"delay":5000},"message_id":"627a1602-5e16-45b6-816d-49fcbb8b7562","message_timestamp":1795373184688}},"message_id":"cf573256-939a-4dfb-82f1-814c6958a066","message_timestamp":1795373184688}},"message_id":"c322553b-d53f-423a-b0a2-312b3c8353c1","message_timestamp":1795373184688}"#

  static let groupMember =
    #"{"queue_name":"cap","actor_name":"add","args":[1,2],"kwargs":{},"options":{"group_completion_uuid":"50c0094c-8399-4abb-a67f-a96bc93776f1","group_completion_callbacks":[{"queue_name":"cap","actor_name":"done","args":[42],"kwargs":{},"options":{},"message_id":"dbb78412-5b2a-4bf5-b3fd-c75bc72b8501","message_timestamp":1795373184696}]},"message_id":"11ced907-c042-406d-ac9a-04934258e62b","message_timestamp":1795373184696}"#

  static let firstRetry =
    #"{"queue_name":"exp.DQ","actor_name":"boom","args":[1],"kwargs":{},"options":{"retries":1,"traceback":"Traceback (most recent call last):\n  …\nRuntimeError: failed 1\n","requeue_timestamp":1795373335145,"eta":1795373429883},"message_id":"410dea5d-47a4-4554-80bc-5ff2b5e3d1fc","message_timestamp":1795373335140}"#

  static let all = [plain, oddArguments, delayed, options, pipeline, groupMember, firstRetry]
}
