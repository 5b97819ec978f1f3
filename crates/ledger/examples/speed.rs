use std::time::Instant;
use std::collections::BTreeMap;
use assent_crypto::digest::Digest;
use assent_ledger::merkle::*;
use assent_ledger::status_map::*;
use assent_ledger::sequencer::*;
use assent_model::machine::*;
use assent_model::time::Timestamp;
use serde::{Serialize, Deserialize};

struct M;
#[derive(Default)] struct S(BTreeMap<StateKey, ()>);
impl WorkingSet for S {
  fn load(&mut self, k:&StateKey, _:Option<&[u8]>)->Result<(),CorruptState>{self.0.insert(k.clone(),());Ok(())}
  fn drain_changes(&mut self)->Vec<Change>{vec![]}
  fn evict(&mut self,_:usize){}
}
#[derive(Debug,Clone,Serialize,Deserialize)]
struct E { cns: String, sta: String, body: String, n: u64, tags: Vec<String>, inner: I }
#[derive(Debug,Clone,Serialize,Deserialize)]
struct I { a: String, b: String, c: u64 }
#[derive(Debug,Clone,Serialize,Deserialize)]
struct SmallE { cns: String, st: String }
impl Machine for M { type State=S; type Command=u64; type Event=E; type Rejection=();
 fn missing(_:&S,_:&u64,_:Context)->Vec<StateKey>{vec![]}
 fn decide(_:&S,c:&u64,_:Context)->Result<Vec<E>,()> {
   let e=|k:u64| E{cns:format!("cns_{k}"),sta:"active".into(),body:"x".repeat(300),n:k,tags:vec!["a".into(),"b".into()],inner:I{a:"aa".into(),b:"bb".into(),c:1}};
   Ok(vec![e(c*2),e(c*2+1)]) }
 fn evolve(_:&mut S,_:&E,_:Context){}
 fn missing_for_event(_:&S,_:&E)->Vec<StateKey>{vec![]}
 fn statuses(_:&S,e:&E)->Vec<StatusUpdate>{vec![StatusUpdate{subject:e.cns.clone(),status:Digest::of(e.cns.as_bytes())}]}
}
fn main(){
  let n=1_000_000u64;
  let entry=vec![7u8;500];
  let t=Instant::now(); let mut acc=0u8; for _ in 0..n {acc^=leaf_hash(&entry).as_bytes()[0];} println!("leaf_hash 500B: {:.0} ns {acc}", t.elapsed().as_nanos() as f64/n as f64);
  let d=Digest::of(b"x");
  let t=Instant::now(); let mut x=d; for _ in 0..n {x=node_hash(&x,&d);} println!("node_hash: {:.0} ns {x}", t.elapsed().as_nanos() as f64/n as f64);
  let t=Instant::now(); let mut log=Appender::default(); let mut tiles=0;
  for i in 0..n { log.append(leaf_hash(&entry)); if i%128==127 { let _=log.root(); tiles+=log.drain_tiles().len(); } }
  println!("append of 500 B entries (root and tiles each 128): {:.0} leaves/s {tiles}", n as f64/t.elapsed().as_secs_f64());
  let t=Instant::now(); let mut log=Appender::default();
  for i in 0..n { log.append(d); if i%128==127 { let _=log.root(); tiles+=log.drain_tiles().len(); } }
  println!("append of leaf hashes: {:.0} leaves/s", n as f64/t.elapsed().as_secs_f64());
  // status map
  let t=Instant::now(); for i in 0..n { x=Digest::tagged(assent_crypto::domains::STATUS_NODE,&[x.as_bytes(),d.as_bytes()]); let _=i;} println!("tagged node: {:.0} ns", t.elapsed().as_nanos() as f64/n as f64);
  let mut map=StatusMap::at(Digest::ZERO); map.load("",None).unwrap();
  let mut k=0u64;
  for size in [1_000u64,10_000,100_000,1_000_000] {
    let t=Instant::now(); let from=k;
    while k<size { let ups:Vec<_>=(k..k+128).map(|i|(StatusKey::of(&format!("cns_{i}")),d)).collect(); assert!(map.missing(ups.iter().map(|u|&u.0)).is_empty()); map.apply(ups); map.drain_changes(); k+=128; }
    println!("map inserts up to {size} (batches of 128): {:.0}/s", (k-from) as f64/t.elapsed().as_secs_f64());
    let t=Instant::now(); let rounds=200u64; let mut nodes=0; let mut bytes=0;
    for r in 0..rounds { let ups:Vec<_>=(0..128u64).map(|i|(StatusKey::of(&format!("cns_{}",(r*7919*128+i*104729)%k)),Digest::of(&r.to_be_bytes()))).collect(); assert!(map.missing(ups.iter().map(|u|&u.0)).is_empty()); map.apply(ups); for c in map.drain_changes(){nodes+=1;bytes+=c.node.unwrap().len();} }
    println!("  updates at {size}, batches of 128: {:.0}/s, {:.1} nodes, {:.0} bytes an update", (rounds*128) as f64/t.elapsed().as_secs_f64(), nodes as f64/(rounds*128) as f64, bytes as f64/(rounds*128) as f64);
    let t=Instant::now(); let rounds=5000u64;
    for r in 0..rounds { let ups=[(StatusKey::of(&format!("cns_{}",(r*7919)%k)),Digest::of(&r.to_be_bytes()))]; map.apply(ups); map.drain_changes(); }
    println!("  single updates: {:.0}/s", rounds as f64/t.elapsed().as_secs_f64());
    let t=Instant::now(); let mut sib=0; for r in 0..rounds { sib+=map.prove(&format!("cns_{}",(r*7919)%k)).unwrap().siblings.len(); }
    println!("  prove: {:.0}/s, {:.1} siblings", rounds as f64/t.elapsed().as_secs_f64(), sib as f64/rounds as f64);
  }
  let rss=std::fs::read_to_string("/proc/self/statm").unwrap(); let pages:usize=rss.split(' ').nth(1).unwrap().parse().unwrap(); println!("rss {} MB", pages*4/1024);
  let t=Instant::now(); map.evict(100_000); println!("evict to 100000: {:?}", t.elapsed());
  // sequencer
  let mut s=Sequencer::<M>::new(Timestamp::default()); let mut c=0u64;
  for phase in 0..3 { let t=Instant::now(); let rounds=500u64;
    for _ in 0..rounds { let mut draft=s.begin(Timestamp::from_millis(c),(c..c+64).collect()); c+=64;
      s=loop{ match draft.run(){ Step::Done(_b,u)=>break u.committed(), Step::Needs(m,w)=>{draft=w; for p in m.nodes{draft.load_node(&p,None).unwrap();}} } }; }
    println!("sequencer phase {phase}: block of 64 pairs {:.0} us", t.elapsed().as_micros() as f64/rounds as f64); }
  let e=M::decide(&S::default(),&1,Context{height:1,time:Timestamp::default()}).unwrap().remove(0);
  let leaf=LeafContent{event:e.clone(),height:1,index:5,time:Timestamp::from_millis(1)};
  let t=Instant::now(); for _ in 0..100_000 { std::hint::black_box(leaf.encode()); } println!("leaf encode: {:.0} ns, {} bytes", t.elapsed().as_nanos() as f64/1e5, leaf.encode().len());
  let t=Instant::now(); for _ in 0..100_000 { std::hint::black_box(serde_json::to_vec(&leaf).unwrap()); } println!("serde_json: {:.0} ns", t.elapsed().as_nanos() as f64/1e5);
}
